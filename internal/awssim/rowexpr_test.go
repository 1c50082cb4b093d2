package awssim

import "testing"

func TestRowFilters(t *testing.T) {
	t.Parallel()
	row := Row{"id": "10", "country": "DE", "name": "O'Hara", "rate": "-1.5"}
	for text, want := range map[string]bool{
		`country = 'DE'`:                         true,
		`country <> 'DE'`:                        false,
		`COUNTRY != 'FR' and id > 9`:             true,
		`id < 9`:                                 false,
		`id >= 10 AND id <= 10.0`:                true,
		`rate < -1`:                              true,
		`name = 'O''Hara'`:                       true,
		`"country" IN ('FR', 'DE')`:              true,
		`country NOT IN ('FR', 'DE')`:            false,
		`id BETWEEN 5 AND 15 AND country = 'DE'`: true,
		`id NOT BETWEEN 5 AND 15`:                false,
		`country LIKE 'D_' OR FALSEHOOD = 1`:     true,
		`name NOT LIKE '%.%'`:                    true,
		`gone IS NULL`:                           true,
		`country IS NOT NULL`:                    true,
		`gone = 1`:                               false,
		`NOT gone = 1`:                           false, // unknown stays unknown
		`gone = 1 OR id = 10`:                    true,
		`NOT (country = 'FR' OR id = 1)`:         true,
		`gone NOT IN (1)`:                        false,
	} {
		f, err := parseRows(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := f.shows(row); got != want {
			t.Errorf("%s: got %v, want %v", text, got, want)
		}
	}
}

func TestRowFiltersRefuseTheRest(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		``, `id`, `id =`, `= 1`, `id = 1 AND`, `id = 1 id = 2`, `(id = 1`, `id = 1)`, `lower(id) = 'x'`, `id IN ()`, `id IN (1`,
		`id NOT = 1`, `id IS 1`, `id LIKE 1`, `id BETWEEN 1`, `id = TRUE`, `id = 1; DROP TABLE x`, `id = 'open`, `SELECT = 1`,
		`EXISTS (SELECT 1)`, `id + 1 = 2`, `id = - 'x'`,
	} {
		if _, err := parseRows(text); err == nil {
			t.Errorf("%q is accepted", text)
		}
	}
}

func FuzzRowFilters(f *testing.F) {
	f.Add(`a = 1 AND NOT (b LIKE 'x%' OR c IS NULL)`)
	f.Fuzz(func(t *testing.T, text string) {
		parsed, err := parseRows(text)
		if err == nil {
			parsed.shows(Row{"a": "1"})
		}
	})
}
