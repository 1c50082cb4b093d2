// Package intake turns the manifest of the older, queue-driven system into edits of
// shares: what its records grant is added, what they revoke is taken out, and nothing else changes.
package intake

import (
	"bytes"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/lakeshare/lakeshare/internal/diag"
	"github.com/lakeshare/lakeshare/internal/manifest"
)

// Input is everything that the outcome depends on.
type Input struct {
	Name  string // of the manifest, for messages
	Data  []byte
	From  string            // alias of the producer
	Files map[string][]byte // lakeshare.yaml and shares/**, as they are
	// Owner and Reason are what new shares say. They may be left empty if every
	// record finds its place in a share that exists: who answers for a share, and
	// why it is there, is not in the older manifest and must not be made up.
	Owner  string
	Reason string
}

// Result is what there is to write, and what to tell about it.
type Result struct {
	Files map[string][]byte // only changed and new ones; nil means that the file is removed
	Notes []Note            // in the order of the records
}

// Note says what became of one record, or of a part of it.
type Note struct {
	Record  int    // from 1
	File    string // "" if no file is concerned
	Line    int    // in the file as it is after the run; before it for what was taken out
	Text    string
	LeftOut bool // the record asks for it, and it is not written; Text says why
}

// String is the one-line form, record 3: path:line: text.
func (n Note) String() string {
	at := ""
	if n.File != "" {
		at = n.File + ":" + strconv.Itoa(n.Line) + ": "
	}
	return "record " + strconv.Itoa(n.Record) + ": " + at + n.Text
}

// Invalid is the error for records, or files, that have to be mended first. It
// names all of them; nothing is to be written.
type Invalid struct{ Findings diag.List }

func (e *Invalid) Error() string {
	lines := make([]string, len(e.Findings))
	for i, f := range e.Findings {
		lines[i] = f.String()
		if f.Hint != "" {
			lines[i] += "\n\t" + f.Hint
		}
	}
	return strings.Join(lines, "\n")
}

// Run applies the records of the manifest, in their order, to the files. What
// counts for each permission is the last record that names it, so running it on
// its own result changes nothing.
func Run(in Input) (Result, error) {
	tree, findings := manifest.Load(in.Files)
	if findings.HasErrors() {
		return Result{}, &Invalid{findings}
	}
	r := newRun(in, tree.Config)
	records := r.decode()
	r.producer(records)
	r.judge(records)
	if r.findings.HasErrors() {
		return Result{}, &Invalid{r.findings.Sorted()}
	}
	before := r.survey(tree)
	r.sort(before)
	files := maps.Clone(in.Files)
	r.revoke(tree, files)
	if len(r.wrote) > 0 {
		tree, findings = manifest.Load(files)
	}
	if !r.refuse(findings) {
		r.grant(tree, files)
	}
	after := r.verify(files, before)
	if r.findings.HasErrors() {
		return Result{}, &Invalid{r.findings.Sorted()}
	}
	return Result{Files: changed(in.Files, files), Notes: r.notes(records, before, after)}, nil
}

// run is one intake under way.
type run struct {
	in       Input
	config   *manifest.Config
	from     manifest.Account
	findings diag.List
	forms    forms
	at       []diag.Pos // place of each record, by index
	asks     map[atom]ask
	missing  []atom              // what records grant and no share does
	fates    [][]fate            // of each record
	wrote    map[string]int      // file -> the first record that made or changed it
	taken    map[string]bool     // names of files that a new one may not get
	splits   map[string][]string // file -> the files that a part of it went to
	folders  map[string]string   // database -> the folder that shares of it must lie in
}

func newRun(in Input, config *manifest.Config) *run {
	r := &run{
		in: in, config: config, forms: newForms(), asks: map[atom]ask{}, wrote: map[string]int{},
		taken: map[string]bool{}, folders: map[string]string{}, splits: map[string][]string{},
	}
	for name := range in.Files {
		r.taken[stem(name)] = true
	}
	return r
}

// stem is what two files may not share: the name of a share has no extension.
func stem(file string) string {
	return strings.TrimSuffix(strings.TrimSuffix(file, ".yml"), ".yaml")
}

func changed(before, after map[string][]byte) map[string][]byte {
	out := map[string][]byte{}
	for name, data := range after {
		if old, ok := before[name]; !ok || !bytes.Equal(old, data) {
			out[name] = data
		}
	}
	for name := range before {
		if _, ok := after[name]; !ok {
			out[name] = nil
		}
	}
	return out
}

// touch remembers that a record changed a file.
func (r *run) touch(file string, record int) {
	if first, ok := r.wrote[file]; !ok || record < first {
		r.wrote[file] = record
	}
}

// sorted returns the keys of a set in their order.
func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
