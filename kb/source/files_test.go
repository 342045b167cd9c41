package source

import (
	"errors"
	"path/filepath"
	"slices"
	"testing"
)

func TestCodes(t *testing.T) {
	file := filepath.Join(write(t, map[string]string{"c.tsv": "# allowed\n1\tuno\r\n2\n8140/3\n9606\n", "none.tsv": "#\n"}), "c.tsv")
	codes, err := ReadCodes(file)
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]bool{"1": true, "3": false, "1+2": true, "1|2": true, "1+3": false, "9606|H": true, "H": false, "8140/3/H": true, "8140/6/H": false, "+": false} {
		if codes.Keep(id) != want {
			t.Errorf("Keep(%q) = %v", id, !want)
		}
	}
	if _, err := ReadCodes(filepath.Join(filepath.Dir(file), "none.tsv")); !errors.Is(err, ErrFormat) {
		t.Errorf("an empty list gave %v", err)
	}
}

func TestFiles(t *testing.T) {
	for dir, want := range map[string]int{write(t, ncbiDump): 3, write(t, umlsRelease): 4, write(t, snomedEdition): 7, write(t, map[string]string{"a": "", "b": ""}): 0} {
		if got, err := Files(dir); err != nil || len(got) != want {
			t.Errorf("%q, %v, want %d", got, err, want)
		}
	}
	one := filepath.Join(write(t, ncbiDump), "names.dmp")
	if got, err := Files(one); err != nil || !slices.Equal(got, []string{one}) {
		t.Errorf("%q, %v", got, err)
	}
}
