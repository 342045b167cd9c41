"""What the recipes share, but for training: configurations, schemes, documents, augmentation, checks."""

import tempfile
import unittest
from pathlib import Path

from gloss_ner import augment, check, documents, names, settings
from gloss_ner.documents import DataError, Document
from gloss_ner.predict import within_line
from gloss_ner.recipes import KNOWN, RECIPES
from gloss_ner.schemes import LETTERS, Scheme


def written(text, name="config.toml"):
    path = Path(tempfile.mkdtemp()) / name
    path.write_text(text, encoding="utf-8")
    return path


class Configurations(unittest.TestCase):
    def test_defaults_are_filled_in(self):
        config, _ = settings.load(written('recipe = "livingner"\n[windows]\nmax = 40\n'), KNOWN, ["train.rate=1", "name=mine"], 7)
        self.assertEqual((config["windows"]["max"], config["train"]["rate"], config["name"], config["seed"]), (40, 1.0, "mine", 7))
        self.assertEqual(config["loss"]["likelihood"], 0.1)

    def test_what_is_refused(self):
        for text, sets, problem in [
            ('recipe = "nobody"\n', [], ":1: recipe: 'nobody' is unknown; want one of symptemist"),
            ("[windows]\n", [], "recipe: missing"),
            ('recipe = "livingner"\n[windows]\nmin = 3\n', [], ":3: windows.min: unknown key; known here: max, by"),
            ('recipe = "livingner"\n[windows]\nmax = "3"\n', [], ":3: windows.max: want a whole number, got '3'"),
            ('recipe = "livingner"\n[windows]\nmax = true\n', [], "want a whole number, got True"),
            ('recipe = "livingner"\nwindows = 3\n', [], ":2: windows: want a table, got 3"),
            ('recipe = "livingner"\n[head\n', [], "line 2"),
            ('recipe = "livingner"\n', ["train.speed=3"], "--set train.speed=3: train.speed: unknown key"),
            ('recipe = "livingner"\n', ["train"], "want section.key=value"),
        ]:
            with self.assertRaises(settings.ConfigError) as e:
                settings.load(written(text), KNOWN, sets)
            self.assertIn(problem, str(e.exception))

    def test_every_recipe_has_whole_defaults(self):
        for name in RECIPES:
            config, _ = settings.load(written(f'recipe = "{name}"\n'), KNOWN)
            self.assertEqual(config["recipe"], name)

    def test_a_missing_file(self):
        with self.assertRaisesRegex(settings.ConfigError, "none.toml: No such file"):
            settings.load("none.toml", KNOWN)


class Schemes(unittest.TestCase):
    offsets = [(0, 4), (4, 6), (7, 9), (10, 15), (15, 16), (18, 20)]

    def spans(self, scheme, tags):
        runs = scheme.decode(tags, whole=True)
        return sorted((self.offsets[a][0], self.offsets[b][1], label) for a, b, label in runs)

    def test_tags_and_back(self):
        spans = [(0, 9, "X"), (10, 15, "Y"), (15, 16, "Y"), (18, 20, "X")]
        want = {"iob2": "B-X I-X I-X B-Y B-Y B-X", "bioes": "B-X I-X E-X S-Y S-Y S-X", "bmewo": "B-X M-X E-X W-Y W-Y W-X",
                "bmewov": "B-X M-X E-X W-Y W-Y W-X", "bioesv": "B-X I-X E-X S-Y S-Y S-X"}
        for name in LETTERS:
            scheme = Scheme(name, ["X", "Y"])
            tags = scheme.encode(self.offsets, spans)
            self.assertEqual(" ".join(scheme.tags[t] for t in tags), want[name])
            self.assertEqual(self.spans(scheme, tags), spans)

    def test_nested_spans(self):
        spans = [(0, 15, "X"), (7, 15, "X")]
        self.assertEqual(self.spans(Scheme("BIOES", ["X"]), Scheme("BIOES", ["X"]).encode(self.offsets, spans)), [(0, 15, "X")])
        scheme = Scheme("BMEWO-V", ["X"])
        tags = scheme.encode(self.offsets, spans)
        self.assertEqual([scheme.tags[t] for t in tags], ["B-X", "M-X", "V-X", "V-X", "O", "O"])
        self.assertEqual(self.spans(scheme, tags), spans)

    def test_nothing_is_nested_in_a_span_of_v_alone(self):
        scheme = Scheme("BMEWO-V", ["X"])
        v = scheme.tags.index("V-X")
        self.assertEqual(scheme.decode([v, v, 0, v], whole=True), [(0, 1, "X"), (3, 3, "X")])

    def test_21_tags_for_four_labels(self):
        self.assertEqual(len(Scheme("BMEWO-V", "ABCD").tags), 21)

    def test_broken_tags(self):
        scheme = Scheme("bioes", ["X", "Y"])
        tags = [scheme.tags.index(t) for t in ("I-X", "E-X", "B-X", "I-Y", "O", "B-Y")]
        self.assertEqual(scheme.decode(tags, whole=True), [])
        self.assertEqual(scheme.decode(tags, whole=False), [(0, 1, "X"), (2, 2, "X"), (3, 3, "Y"), (5, 5, "Y")])

    def test_rules_allow_what_is_encoded_and_no_broken_ends(self):
        for name in LETTERS:
            scheme = Scheme(name, ["X", "Y"])
            start, end, moves = scheme.rules()
            tags = scheme.encode(self.offsets, [(0, 9, "X"), (10, 16, "X"), (18, 20, "Y")])
            self.assertEqual(start[tags[0]] + end[tags[-1]] + sum(moves[a, b] for a, b in zip(tags, tags[1:])), 0)
        index = Scheme("iob2", ["X", "Y"])
        self.assertLess(index.rules()[2][0, index.tags.index("I-X")], 0)
        self.assertLess(index.rules()[2][index.tags.index("B-X"), index.tags.index("I-Y")], 0)



class Documents(unittest.TestCase):
    def test_brat(self):
        folder = Path(tempfile.mkdtemp())
        (folder / "below").mkdir()
        (folder / "a.txt").write_bytes("Ñandú 😀\r\ncon fiebre".encode())
        (folder / "a.ann").write_text("T1\tX 13 19\tfiebre\nT2\tY 0 2;6 7\tÑa 😀\n#1\tAnnotatorNotes T1\tnote\n", encoding="utf-8")
        (folder / "below/b.txt").write_text("no", encoding="utf-8")
        found = documents.read([folder])
        self.assertEqual([(d.id, d.spans) for d in found], [("a", [(13, 19, "X"), (0, 7, "Y")])])

    def test_spans_outside_of_the_text(self):
        folder = Path(tempfile.mkdtemp())
        (folder / "a.txt").write_text("corto")
        (folder / "a.ann").write_text("T1\tX 3 9\tto\n")
        with self.assertRaisesRegex(DataError, "a.ann: a span lies outside of the text"):
            documents.read([folder])

    def test_iob2(self):
        path = written("El\tO\nvirus\tB-X\nB\tI-X\n\nFiebre\tB-Y\nalta\tO\n", "a.iob2")
        d, = documents.read([path])
        self.assertEqual((d.text, d.spans, d.bounds), ("El virus B\nFiebre alta\n", [(3, 10, "X"), (11, 17, "Y")], [(0, 10), (11, 22)]))

    def test_what_cannot_be_read(self):
        for path, problem in ((written("a b\n", "a.iob2"), "want a token, a TAB"), (written("", "a.iob2"), "no annotated document"),
                              (written("", "a.pdf"), "want a brat directory or an IOB2 file"), ("nowhere", "nowhere: no such file")):
            with self.assertRaisesRegex(DataError, problem):
                documents.read([path])


class Augmentation(unittest.TestCase):
    texts = ["Tuvo fiebre alta y tos.", "Sin fiebre. La disnea cedió.", "Nada."]

    def docs(self):
        marks = [("fiebre alta", 0), ("tos", 0), ("fiebre", 1), ("disnea", 1)]
        docs = [Document(str(i), t) for i, t in enumerate(self.texts)]
        for mention, i in marks:
            at = self.texts[i].index(mention)
            docs[i].spans.append((at, at + len(mention), "X"))
        return docs

    synonyms = names.Synonyms([("1", "Fiebre"), ("1", "Hipertermia"), ("1", "Pirexia"), ("2", "disnea"), ("2", "EPOC aguda"), ("3", "tos")])

    def test_mentions_become_synonyms(self):
        made = augment.augment(self.docs(), self.synonyms, 100, 0.5, 1)
        self.assertEqual(sorted(d.text for d in made), ["La EPOC aguda cedió.", "Sin hipertermia.", "Sin pirexia."])
        for d in made:
            self.assertIn([d.text[a:b] for a, b, _ in d.spans], [["hipertermia"], ["pirexia"], ["EPOC aguda"]])
            self.assertEqual(d.bounds, [(0, len(d.text))])

    def test_count_and_seed(self):
        first = [d.text for d in augment.augment(self.docs(), self.synonyms, 2, 0.5, 1)]
        self.assertEqual(first, [d.text for d in augment.augment(self.docs(), self.synonyms, 2, 0.5, 1)])
        self.assertEqual(len(first), 2)

    def test_files_of_names(self):
        plain = written("C1\tAsma\nC1\tasma bronquial\n", "a.tsv")
        headed = written("name\tlang\tid\nTos\tes\tC2\n", "b.tsv")
        babelon = written("subject_id\tsource_value\ttranslation_value\ttranslation_status\nHP:1\tCough\tTos seca\tOFFICIAL\nHP:2\tX\t\tNOT_TRANSLATED\n", "c.tsv")
        self.assertEqual(names.read([plain, headed, babelon]), [("C1", "Asma"), ("C1", "asma bronquial"), ("C2", "Tos"), ("HP:1", "Tos seca")])
        with self.assertRaisesRegex(DataError, r"d.tsv:2: want a code in column 1 and a name in column 2"):
            names.read([written("C1\tAsma\nC2\n", "d.tsv")])


class Blanks:
    """Units for tests: words between blanks, a window a sentence; "-" inside a word is not seen."""

    def windows(self, text, bounds=None):
        from gloss_ner.units import Window
        import re
        for start, end in bounds or [(0, len(text))]:
            yield Window({}, [(start + m.start(), start + m.end()) for m in re.finditer(r"\S+", text[start:end])])


class Checks(unittest.TestCase):
    def test_what_is_lost_and_why(self):
        class Recipe:
            scheme, units = Scheme("iob2", ["X", "Y"]), Blanks()
        train = [Document("a", "uno dos-tres cuatro. Cinco seis", [(0, 19, "X"), (4, 12, "Y"), (21, 26, "X")], [(0, 20), (21, 31)]),
                 Document("b", "uno dos-tres. Cinco", [(4, 7, "X"), (8, 19, "Y")], [(0, 13), (14, 19)]), Document("c", "nada")]
        dev = [Document("d", "nada", [(0, 4, "Z")])]
        report = check.look(Recipe, train, dev[:0])
        self.assertEqual(report["train"]["labels"], {"X": 3, "Y": 2})
        self.assertEqual((report["train"]["nested"], report["train"]["without_spans"]), (1, 1))
        self.assertEqual(report["scheme"]["lost"], {"tokenizer": 2, "overlap": 1, "window": 1})
        self.assertEqual(report["scheme"]["kept"], 1)
        self.assertEqual(check.shared(train, dev)["same_text"], 1)
        self.assertTrue(any("overlap others" in w for w in report["warnings"]))

    def test_words_in_common(self):
        text = " ".join(f"palabra{i}" for i in range(20))
        found = check.shared([Document("a", text)], [Document("b", "Otra cosa: " + text), Document("c", text + " "), Document("d", "x")])
        self.assertEqual((found["same_text"], found["words_in_common"], found["documents"]), (1, 1, ["c", "b"]))


class Places(unittest.TestCase):
    def test_within_line(self):
        text = "uno\n dos tres \nto\u0301s\u0301 x"
        for given, want in (((0, 14), (5, 13)), ((4, 5), None), ((15, 19), (15, 20)), ((0, 8), (5, 8)), ((0, 7), (5, 7))):
            self.assertEqual(within_line(text, *given), want)


if __name__ == "__main__":
    unittest.main()
