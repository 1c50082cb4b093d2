package diag

import (
	"slices"
	"strings"
)

// Nearest returns the candidate that is most like name, or "" if none is near:
// at most a third of the letters differ. Ties go to the first in the alphabet.
func Nearest(name string, candidates []string) string {
	best, bestCost := "", len(name)/3+1
	for _, c := range slices.Sorted(slices.Values(candidates)) {
		if d := distance(strings.ToLower(name), strings.ToLower(c)); d < bestCost {
			best, bestCost = c, d
		}
	}
	return best
}

// DidYouMean renders the nearest candidate as a hint, or "" if none is near.
func DidYouMean(name string, candidates []string) string {
	if n := Nearest(name, candidates); n != "" && n != name {
		return "did you mean " + n + "?"
	}
	return ""
}

// distance is the number of single-letter edits between two words, where
// exchanging two neighbours counts as one.
func distance(a, b string) int {
	s, t := []rune(a), []rune(b)
	rows := make([][]int, len(s)+1)
	for i := range rows {
		rows[i] = make([]int, len(t)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(s); i++ {
		for j := 1; j <= len(t); j++ {
			cost := 1
			if s[i-1] == t[j-1] {
				cost = 0
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+cost)
			if i > 1 && j > 1 && s[i-1] == t[j-2] && s[i-2] == t[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(s)][len(t)]
}
