package history

import (
	"cmp"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
)

const maxNear = 3

// near ends a message with the branches and tags that resemble an unknown
// name. It is help, so what cannot be read is left out.
func (r *Repo) near(name string) string {
	refs, err := r.storage.IterReferences()
	if err != nil {
		return ""
	}
	distance := map[string]int{}
	_ = refs.ForEach(func(ref *plumbing.Reference) error {
		if n := ref.Name(); n.IsBranch() || n.IsTag() || n.IsRemote() {
			if d, ok := resemblance(name, n.Short()); ok {
				distance[n.Short()] = d
			}
		}
		return nil
	})
	if len(distance) == 0 {
		return ""
	}
	names := make([]string, 0, len(distance))
	for n := range distance {
		names = append(names, n)
	}
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Or(cmp.Compare(distance[a], distance[b]), strings.Compare(a, b))
	})
	return "; did you mean " + strings.Join(names[:min(len(names), maxNear)], ", ") + "?"
}

// resemblance is how many edits lead from one name to the other, if they are
// few. A checkout in CI has origin/main but no main.
func resemblance(a, b string) (int, bool) {
	a, b = strings.ToLower(a), strings.ToLower(b)
	if a == "" || strings.HasSuffix(b, "/"+a) || strings.HasSuffix(a, "/"+b) {
		return 0, a != ""
	}
	if len(a) > 250 || len(b) > 250 {
		return 0, false
	}
	d := edits(a, b)
	return d, d < len(a) && d <= max(2, len(a)/3) || strings.HasPrefix(b, a)
}

// edits is the Levenshtein distance; a swap of two letters counts as two.
func edits(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		left := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := left
			if a[i] != b[j] {
				cost++
			}
			left = row[j+1]
			row[j+1] = min(cost, row[j]+1, left+1)
		}
	}
	return row[len(b)]
}
