package scaffold

import (
	"regexp"
	"slices"
	"strings"
)

// Difference is how a file in the repository differs from what init would write.
type Difference struct {
	Missing    bool     // there is no such file
	Line       int      // the first line that differs, from 1
	Want, Have string   // that line; "" where the file ends
	Lines      []string // what an existing file lacks, for files that others write too
	Unpinned   string   // a line that uses the placeholder of a commit
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
		lacking := f.Lacking(have)
		return Difference{Lines: lacking}, len(lacking) > 0
	}
	want, got := lines(f.Content), lines(have)
	for i := range max(len(want), len(got)) {
		w, h := line(want, i), line(got, i)
		if i == 0 && strings.HasPrefix(w, headerStart) && strings.HasPrefix(h, headerStart) {
			continue // how it was written; what comes of it stands below
		}
		if i >= len(want) || i >= len(got) || unpin(w) != unpin(h) {
			return Difference{Line: i + 1, Want: w, Have: h}, true
		}
	}
	for i, h := range got {
		if strings.Contains(h, noCommit) {
			return Difference{Line: i + 1, Have: h, Unpinned: strings.TrimSpace(h)}, true
		}
	}
	return Difference{}, false
}

// Lacking returns the lines that an existing file lacks, judged by their first word.
func (f File) Lacking(have string) []string {
	var firsts, out []string
	for _, l := range lines(have) {
		firsts = append(firsts, first(l))
	}
	for _, l := range f.Lines {
		if !slices.Contains(firsts, first(l)) {
			out = append(out, l)
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

func line(all []string, i int) string {
	if i < len(all) {
		return all[i]
	}
	return ""
}

func unpin(line string) string { return pinned.ReplaceAllString(line, "$1@") }
