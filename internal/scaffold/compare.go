package scaffold

import (
	"regexp"
	"slices"
	"strings"
)

// Difference is how a file in the repository differs from what init would write.
type Difference struct {
	Missing   bool       // there is no such file, nor the one that can stand for it
	Changes   []Change   // every line that differs, in order
	Unpinned  []Change   // lines that use the placeholder of a commit
	Lines     []string   // what an existing file lacks, for files that others write too
	Overrides []Override // lines that undo those, in CODEOWNERS
}

// Change is one line that a file has too much, or lacks.
type Change struct {
	Line int  // from 1: of the file if it is too much, else of what init would write
	Want bool // init would write it
	Text string
}

var (
	pinned   = regexp.MustCompile(`(uses: [^@\s]+)@[0-9a-f]{40}\b( *#.*)?`)
	noCommit = "@" + Placeholder
)

// Compare compares what is in the repository with a file that init would write.
// The commits that actions are pinned to may differ, since bots keep them. The
// second result is false where there is nothing to say.
func (f File) Compare(have string, exists bool) (Difference, bool) {
	switch {
	case f.Once:
		return Difference{}, false
	case !exists:
		return Difference{Missing: true}, true
	case strings.Contains(have, ByHand):
		return Difference{}, false
	case f.Lines != nil:
		d := Difference{Lines: f.Lacking(have), Overrides: f.overrides(have)}
		return d, len(d.Lines)+len(d.Overrides) > 0
	}
	want, got := lines(f.Content), lines(have)
	d := Difference{Changes: changes(got, want)}
	for i, h := range got {
		if strings.Contains(h, noCommit) {
			d.Unpinned = append(d.Unpinned, Change{Line: i + 1, Text: h})
		}
	}
	return d, len(d.Changes)+len(d.Unpinned) > 0
}

// Lacking returns the lines that an existing file lacks, judged by their pattern:
// whom the file names as owners is its own business, as long as it names some.
func (f File) Lacking(have string) []string {
	rules := ownerRules(have)
	var out []string
	for _, l := range f.Lines {
		if !slices.ContainsFunc(rules, func(r ownerRule) bool { return r.pattern == first(l) && len(r.owners) > 0 }) {
			out = append(out, l)
		}
	}
	return out
}

// maxTable bounds the memory that a comparison takes, whatever a file holds.
const maxTable = 4 << 20

// changes finds the fewest lines that differ.
func changes(have, want []string) []Change {
	h, w := normal(have), normal(want)
	start := 0
	for start < min(len(h), len(w)) && h[start] == w[start] {
		start++
	}
	end := 0
	for end < min(len(h), len(w))-start && h[len(h)-1-end] == w[len(w)-1-end] {
		end++
	}
	var out []Change
	lose := func(i int) { out = append(out, Change{Line: start + i + 1, Text: have[start+i]}) }
	gain := func(j int) { out = append(out, Change{Line: start + j + 1, Text: want[start+j], Want: true}) }
	h, w = h[start:len(h)-end], w[start:len(w)-end]
	common := commonLines(h, w)
	i, j := 0, 0
	for i < len(h) || j < len(w) {
		switch {
		case i < len(h) && j < len(w) && common != nil && h[i] == w[j]:
			i, j = i+1, j+1
		case i < len(h) && (j == len(w) || common == nil || common[i+1][j] >= common[i][j+1]):
			lose(i)
			i++
		default:
			gain(j)
			j++
		}
	}
	return out
}

// commonLines says how many lines the rest of both has in common from each pair
// of lines on; nil where that would take too much memory.
func commonLines(a, b []string) [][]int32 {
	if (len(a)+1)*(len(b)+1) > maxTable {
		return nil
	}
	n := make([][]int32, len(a)+1)
	for i := range n {
		n[i] = make([]int32, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			n[i][j] = max(n[i+1][j], n[i][j+1])
			if a[i] == b[j] {
				n[i][j] = n[i+1][j+1] + 1
			}
		}
	}
	return n
}

// normal leaves out what may differ: commits, and how the file was written,
// since what comes of that stands below.
func normal(all []string) []string {
	out := make([]string, len(all))
	for i, l := range all {
		out[i] = pinned.ReplaceAllString(l, "$1@")
		if i == 0 && strings.HasPrefix(l, headerStart) {
			out[i] = headerStart
		}
	}
	return out
}

// first is the pattern of a line of CODEOWNERS; a space behind a backslash belongs to it.
func first(line string) string {
	line = strings.TrimSpace(line)
	for i := 0; i < len(line); i++ {
		switch line[i] {
		case '\\':
			i++
		case ' ', '\t':
			return line[:i]
		}
	}
	return line
}

func lines(text string) []string {
	return strings.Split(strings.TrimSuffix(strings.ReplaceAll(text, "\r\n", "\n"), "\n"), "\n")
}
