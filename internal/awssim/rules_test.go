package awssim_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
)

// TestEveryRuleHasATest compares the rules that the code asks about with the
// tests named after them. Rules that are the shape of the simulator itself
// cannot be asked about; they are listed here.
func TestEveryRuleHasATest(t *testing.T) {
	t.Parallel()
	shape := []string{"R4", "R30", "R61", "R82", "R83"}
	asked := names(t, `rule\("(R[0-9]+)"\)`, false)
	tested := names(t, `func Test(R[0-9]+)_`, true)
	for _, r := range append(slices.Clone(asked), shape...) {
		if !slices.Contains(tested, r) {
			t.Errorf("%s has no test", r)
		}
	}
	for _, r := range tested {
		if !slices.Contains(asked, r) && !slices.Contains(shape, r) {
			t.Errorf("%s is tested but cannot be switched off", r)
		}
	}
}

func names(t *testing.T, pattern string, tests bool) []string {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, file := range files {
		if isTest, _ := filepath.Match("*_test.go", file); isTest != tests {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(pattern).FindAllStringSubmatch(string(text), -1) {
			found = append(found, m[1])
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}
