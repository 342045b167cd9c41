// Package models opens what flags and settings name: the recognition model, the
// name encoder and the knowledge bases, on one device, as one suggest.Models.
package models

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"runtime"
	"slices"

	"github.com/gloss-nlp/gloss/engine/cache"
	"github.com/gloss-nlp/gloss/engine/demo"
	"github.com/gloss-nlp/gloss/engine/encode"
	"github.com/gloss-nlp/gloss/engine/ner"
	"github.com/gloss-nlp/gloss/engine/onnx"
	"github.com/gloss-nlp/gloss/engine/suggest"
	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/link"
	"github.com/gloss-nlp/gloss/kb/store"
)

// KB names a knowledge base and the label that it serves.
type KB struct {
	Label string   // empty: every label without a KB of its own
	Dir   string   //
	Types []string // semantic types whose names are spotted as this label; none: all
}

// Options say what to open.
type Options struct {
	Model         string        // directory of the recognizer; empty: the shipped one
	NoModel       bool          // open no recognizer
	Encoder       string        // directory of the name encoder; empty: the shipped one
	Layers        []string      // of the recognizer; none: all
	Learned       string        // file of layers that were learnt over the recognizer, see engine/learn; empty, or missing or laid aside where not Strict: none
	KBs           []KB          // in search order
	DemoKBs       bool          // the embedded terminology, by label
	Link          link.Settings // how to link
	Reranker      string        // directory of a cross-encoder, or of a learnt ranking in place of the shipped one; empty: no cross-encoder
	Abbreviations string        // file of abbreviations that are known before those that gloss ships, see lexical.ReadAbbreviations; empty: none
	Device        string        // auto (or empty), cpu, cuda, cuda:N
	Threads       int           // 0: one a processor
	Cache         string        // file that keeps results, see engine/cache; empty: none
	Warn          func(error)   // hears why the cache cannot be used; nil: nobody
	Strict        bool          // fail where a part cannot be opened; else go on without it, with a warning
}

// Linkable tells whether a KB serves the label.
func (o Options) Linkable(label string) bool {
	for _, k := range o.KBs {
		if k.Label == "" || k.Label == label {
			return true
		}
	}
	return o.DemoKBs && inDemo(label)
}

// Check finds wrong options without opening anything large, so that a mistake
// is told before the screen is taken.
func Check(o Options) error {
	if _, err := onnx.ParseDevice(device(o)); err != nil {
		return err
	}
	if !o.NoModel && (o.Model != "" || len(o.Layers) > 0) {
		b, err := o.recognizer()
		if err != nil {
			return fmt.Errorf("open the model: %w", err)
		}
		if err := layersIn(b, o.Layers, o.learned(b)); err != nil {
			return err
		}
	}
	if len(o.KBs) == 0 {
		return nil
	}
	b, err := o.encoder()
	if err != nil {
		return fmt.Errorf("open the name encoder: %w", err)
	}
	hash, err := encode.Hash(b)
	if err != nil {
		return fmt.Errorf("open the name encoder: %w", err)
	}
	for _, k := range o.KBs {
		m, err := store.ReadMeta(k.Dir)
		if err != nil {
			return fmt.Errorf("open the knowledge base: %w", err)
		}
		if m.Encoder != "" && m.Encoder != hash {
			return fmt.Errorf("knowledge base %s was built with encoder %.12s, the encoder at hand is %.12s: build it again, or name its encoder with --encoder: %w",
				k.Dir, m.Encoder, hash, store.ErrEncoder)
		}
	}
	return nil
}

func device(o Options) string {
	if o.Device == "" {
		return "auto"
	}
	return o.Device
}

func (o Options) recognizer() (*onnx.Bundle, error) {
	return bundle(o.Model, demo.NER, "gloss-small-es")
}

func (o Options) encoder() (*onnx.Bundle, error) { return bundle(o.Encoder, demo.Names, "gloss-names") }

func bundle(dir string, shipped func() fs.FS, name string) (*onnx.Bundle, error) {
	if dir != "" {
		return onnx.OpenDir(dir)
	}
	return onnx.OpenBundle(shipped(), name)
}

// Open opens everything. memory is what the corpus taught, nil for nothing. The
// caller owns the result. Without Strict, an error means that nothing at all
// could be opened.
func Open(ctx context.Context, o Options, memory *link.Overlay) (_ *suggest.Models, err error) {
	p := &parts{o: o, m: &suggest.Models{Layers: o.Layers}}
	if o.Cache != "" {
		p.cache = cache.Open(o.Cache, o.Warn)
	}
	p.m.Close = p.close
	defer func() {
		if err != nil {
			err = errors.Join(err, p.close())
		}
	}()
	for _, open := range []func(context.Context) error{p.runtime, p.recognizer, p.exchangeable, p.names} {
		if err := p.tolerate(open(ctx)); err != nil {
			return nil, err
		}
	}
	if err := p.linker(ctx, memory); err != nil {
		return nil, err
	}
	return p.m, nil
}

// parts is what Open has opened so far.
type parts struct {
	o        Options
	m        *suggest.Models
	rt       *onnx.Runtime
	trained  *ner.Model // the recognizer without what was learnt over it
	ner      *ner.Model // the recognizer as it is used; closing it closes both
	encoder  *encode.Encoder
	cross    *encode.CrossEncoder
	kbs      []*store.KB
	scanners []*onnx.Scanner // on a GPU
	cache    *cache.Cache    // nil: none
	lessons  *lessons        // nil: there is no recognizer
	others   *others         // recognizers that were used in this one's place; nil: none can be
}

// tolerate turns the failure of a part into a warning, but for Strict. What a
// person named wrongly is found by Check before.
func (p *parts) tolerate(err error) error {
	if err == nil || p.o.Strict {
		return err
	}
	p.m.Warnings = append(p.m.Warnings, err.Error())
	return nil
}

func (p *parts) runtime(context.Context) error {
	d, err := onnx.ParseDevice(device(p.o))
	if err != nil {
		return err
	}
	p.m.Device = "none"
	threads := p.o.Threads
	if threads == 0 {
		threads = runtime.NumCPU()
	}
	if p.rt, err = onnx.Open(onnx.Options{Device: d, Threads: threads}); err != nil {
		return err
	}
	p.m.Device = p.rt.Device()
	return nil
}

func (p *parts) recognizer(context.Context) error {
	if p.o.NoModel || p.rt == nil {
		return nil
	}
	b, err := p.o.recognizer()
	if err != nil {
		return fmt.Errorf("open the model: %w", err)
	}
	if err := layersIn(b, p.o.Layers, p.o.learned(b)); err != nil {
		return err
	}
	if p.ner, err = ner.Open(p.rt, b, ner.Options{}); err != nil {
		return fmt.Errorf("open the model: %w", err)
	}
	p.trained = p.ner
	if err := p.tolerate(p.learned(b)); err != nil {
		return err
	}
	now := &switching{}
	now.use(p.cached(p.ner))
	p.m.Recognizer = now
	p.lessons = p.newLessons(b, now)
	if p.teachable() {
		p.m.Learn, p.m.Switch = p.lessons.learn, p.lessons.change
	}
	p.m.Name, p.m.Hash = p.ner.Name(), p.ner.Hash()
	p.m.Languages, p.m.Labels = p.ner.Languages(), p.ner.Labels()
	return nil
}

func (p *parts) names(context.Context) error {
	if p.rt == nil || len(p.o.KBs) == 0 && !p.o.DemoKBs {
		return nil
	}
	b, err := p.o.encoder()
	if err == nil {
		p.encoder, err = encode.Open(p.rt, b, encode.Options{})
	}
	if err != nil {
		return fmt.Errorf("open the name encoder: %w", err)
	}
	return nil
}

// embedder is the name encoder as the kb floor knows it; nil where there is none.
func (p *parts) embedder() kb.Embedder {
	if p.encoder == nil {
		return nil
	}
	return p.encoder
}

func (p *parts) linker(ctx context.Context, memory *link.Overlay) error {
	refs := p.o.KBs
	if p.o.DemoKBs {
		built, err := demoKBs(ctx, p.embedder())
		if err != nil {
			return fmt.Errorf("build the demo terminology: %w", err)
		}
		refs = slices.Concat(refs, built)
	}
	p.m.Linking = fmt.Sprintf("%+v", p.o.Link)
	byLabel, opened := map[string][]*store.KB{}, map[string]*store.KB{}
	for _, ref := range refs {
		k := opened[ref.Dir]
		if k == nil {
			var err error
			if k, err = store.Open(ref.Dir, store.Options{Embedder: p.embedder(), Scanner: p.scanner(), Threads: p.o.Threads}); err != nil {
				return fmt.Errorf("open the knowledge base: %w", err)
			}
			opened[ref.Dir] = k
			p.kbs = append(p.kbs, k)
			p.m.KBHashes = append(p.m.KBHashes, k.Meta().Hash)
			p.m.Warnings = append(p.m.Warnings, k.Meta().Warnings...)
		}
		byLabel[ref.Label] = append(byLabel[ref.Label], k)
		p.m.Linking += fmt.Sprintf(" %q=%s%q%+v", ref.Label, k.Meta().Hash, ref.Types, k.Meta().Tuned)
	}
	if len(byLabel) == 0 {
		return nil
	}
	options := link.Options{KBs: byLabel, Embedder: p.embedder(), Overlay: memory, Settings: p.o.Link}
	if err := p.linkWith(&options); err != nil {
		return err
	}
	if p.cache != nil {
		options.Cache = p.cache
	}
	l, err := link.New(options)
	if err != nil {
		return err
	}
	p.m.Linker = l
	p.m.Spotter = spotter{refs, opened}
	return nil
}

func (p *parts) close() error {
	var errs []error
	for _, s := range p.scanners { // before the vectors that they read
		errs = append(errs, s.Close())
	}
	for _, k := range p.kbs {
		errs = append(errs, k.Close())
	}
	if p.encoder != nil {
		errs = append(errs, p.encoder.Close())
	}
	if p.cross != nil {
		errs = append(errs, p.cross.Close())
	}
	if p.ner != nil {
		errs = append(errs, p.ner.Close())
	}
	errs = append(errs, p.others.close())
	if p.cache != nil {
		errs = append(errs, p.cache.Close())
	}
	return errors.Join(errs...)
}
