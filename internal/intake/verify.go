package intake

import (
	"fmt"
	"maps"
	"slices"

	"github.com/lakeshare/lakeshare/internal/diag"
	"github.com/lakeshare/lakeshare/internal/manifest"
)

// refuse takes over findings about what was written, and reports whether there
// are any. A file that a record changed is not on disk, so they name the record.
func (r *run) refuse(findings diag.List) bool {
	for _, f := range findings {
		if f.Severity != diag.Error {
			continue
		}
		if record, ok := r.wrote[f.Pos.File]; ok {
			f.Message = fmt.Sprintf("record %d: in %s: %s", record, f.Pos.File, f.Message)
			f.Pos = r.at[record-1]
		}
		if record, ok := r.wrote[f.Other.File]; ok {
			f.Message = fmt.Sprintf("record %d: %s", record, f.Message)
			f.Other = r.at[record-1]
		}
		r.findings = append(r.findings, f)
	}
	return findings.HasErrors()
}

// verify loads and compiles the result, and compares what it grants with what
// it has to: what was granted, without what records revoke, with what they
// grant. A share that says more than the records do must never be written, so
// this does not rely on the rest of the package.
func (r *run) verify(files map[string][]byte, before map[atom][]holding) map[atom][]holding {
	if r.findings.HasErrors() {
		return nil
	}
	if len(r.wrote) == 0 {
		return before
	}
	tree, findings := manifest.Load(files)
	if r.refuse(findings) {
		return nil
	}
	_, findings = manifest.Compile(tree, noDate())
	if r.refuse(findings) {
		return nil
	}
	after := r.survey(tree)
	atoms := map[atom]bool{}
	for _, set := range []map[atom][]holding{before, after} {
		for a := range set {
			atoms[a] = true
		}
	}
	for a := range r.asks {
		atoms[a] = true
	}
	for a := range maps.Keys(atoms) {
		if r.expected(a, before) != ranks(after[a]) {
			r.findings.Add(ruleInput, diag.Pos{File: r.in.Name}, "this is a fault of lakeshare: please report it; write the share by hand meanwhile",
				"the records cannot be taken over: %s on %s for %s would not be as they say", a.permission, a.object, r.who(a.grantee))
		}
	}
	return after
}

// expected says which ranks of holdings an atom must have after the run.
func (r *run) expected(a atom, before map[atom][]holding) [3]bool {
	want := ranks(before[a])
	switch k, asked := r.asks[a]; {
	case !asked:
	case k.revoke:
		want[0], want[1] = false, false
	case !r.covered(a, before):
		want[0] = true
	}
	return want
}

func ranks(hs []holding) (out [3]bool) {
	for rank := range out {
		out[rank] = slices.ContainsFunc(hs, func(h holding) bool { return h.rank() == rank })
	}
	return out
}
