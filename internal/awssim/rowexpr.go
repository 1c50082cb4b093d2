package awssim

import (
	"fmt"
	"regexp"
	"sort"
	"strings"
)

// rowFilter is a parsed row filter expression: the part of PartiQL's WHERE
// that Lake Formation is sure to take. Everything else is refused (R48).
type rowFilter struct {
	eval  func(Row) truth
	names map[string]bool
}

// truth has three values, as in SQL: NULL makes comparisons unknown, and only
// what is true is shown.
type truth int

const (
	isFalse truth = iota
	isUnknown
	isTrue
)

func truthOf(b bool) truth {
	if b {
		return isTrue
	}
	return isFalse
}

func (f *rowFilter) columns() []string {
	names := sortedKeys(f.names)
	sort.Strings(names)
	return names
}

func (f *rowFilter) shows(r Row) bool { return f.eval(r) == isTrue }

// parseRows reads comparisons, AND, OR, NOT, IN, LIKE, BETWEEN and IS NULL over
// columns and literals.
func parseRows(text string) (*rowFilter, error) {
	p := &rowParser{names: map[string]bool{}}
	if err := p.scan(text); err != nil {
		return nil, err
	}
	eval, err := p.or()
	if err != nil {
		return nil, err
	}
	if p.at < len(p.tokens) {
		return nil, fmt.Errorf("unexpected %q", p.tokens[p.at].text)
	}
	return &rowFilter{eval, p.names}, nil
}

type rowToken struct {
	kind byte // n number, s string, c quoted column, w word, o operator
	text string
}

type rowParser struct {
	tokens []rowToken
	at     int
	names  map[string]bool
}

var rowTokens = regexp.MustCompile(`^(?:(\s+)|([0-9]+(?:\.[0-9]+)?)|'((?:[^']|'')*)'|"([^"]+)"|([A-Za-z_][A-Za-z0-9_]*)|(<>|!=|<=|>=|[=<>(),-]))`)

func (p *rowParser) scan(text string) error {
	for text != "" {
		m := rowTokens.FindStringSubmatch(text)
		if m == nil {
			return fmt.Errorf("unexpected %q", text)
		}
		switch {
		case m[1] != "":
		case m[2] != "":
			p.add('n', m[2])
		case m[0][0] == '\'':
			p.add('s', strings.ReplaceAll(m[3], "''", "'"))
		case m[4] != "":
			p.add('c', m[4])
		case m[5] != "":
			p.add('w', m[5])
		default:
			p.add('o', m[6])
		}
		text = text[len(m[0]):]
	}
	return nil
}

func (p *rowParser) add(kind byte, text string) { p.tokens = append(p.tokens, rowToken{kind, text}) }

// take consumes a keyword or operator.
func (p *rowParser) take(text string) bool {
	if p.at < len(p.tokens) {
		t := p.tokens[p.at]
		if t.kind == 'o' && t.text == text || t.kind == 'w' && strings.EqualFold(t.text, text) {
			p.at++
			return true
		}
	}
	return false
}

func (p *rowParser) need(text string) error {
	if !p.take(text) {
		return fmt.Errorf("expected %s", text)
	}
	return nil
}

type rowEval = func(Row) truth

func (p *rowParser) or() (rowEval, error) {
	return p.joined("OR", p.and, func(a, b truth) truth { return max(a, b) })
}

func (p *rowParser) and() (rowEval, error) {
	return p.joined("AND", p.not, func(a, b truth) truth { return min(a, b) })
}

func (p *rowParser) joined(word string, part func() (rowEval, error), join func(a, b truth) truth) (rowEval, error) {
	left, err := part()
	for err == nil && p.take(word) {
		a := left
		var b rowEval
		if b, err = part(); err == nil {
			left = func(r Row) truth { return join(a(r), b(r)) }
		}
	}
	return left, err
}

func (p *rowParser) not() (rowEval, error) {
	if p.take("NOT") {
		inner, err := p.not()
		return negate(inner), err
	}
	if p.take("(") {
		inner, err := p.or()
		if err != nil {
			return nil, err
		}
		return inner, p.need(")")
	}
	return p.predicate()
}

func negate(e rowEval) rowEval { return func(r Row) truth { return isTrue - e(r) } }

func (p *rowParser) predicate() (rowEval, error) {
	left, err := p.operand()
	if err != nil {
		return nil, err
	}
	if p.take("IS") {
		not := p.take("NOT")
		e := func(r Row) truth { return truthOf(left(r).null) }
		if not {
			return negate(e), p.need("NULL")
		}
		return e, p.need("NULL")
	}
	not := p.take("NOT")
	e, err := p.test(left)
	if err != nil {
		return nil, err
	}
	if e != nil && not {
		return negate(e), nil
	}
	if e != nil {
		return e, nil
	}
	if not {
		return nil, fmt.Errorf("expected IN, LIKE or BETWEEN after NOT")
	}
	for _, operator := range []string{"<>", "!=", "<=", ">=", "=", "<", ">"} {
		if p.take(operator) {
			right, err := p.operand()
			return compare(left, right, operator), err
		}
	}
	return nil, fmt.Errorf("expected a comparison")
}

// test reads what may follow NOT; nil if there is no such thing.
func (p *rowParser) test(left operand) (rowEval, error) {
	switch {
	case p.take("IN"):
		return p.in(left)
	case p.take("LIKE"):
		return p.like(left)
	case p.take("BETWEEN"):
		low, err := p.operand()
		if err == nil {
			err = p.need("AND")
		}
		if err != nil {
			return nil, err
		}
		high, err := p.operand()
		from, to := compare(left, low, ">="), compare(left, high, "<=")
		return func(r Row) truth { return min(from(r), to(r)) }, err
	}
	return nil, nil
}

func (p *rowParser) in(left operand) (rowEval, error) {
	if err := p.need("("); err != nil {
		return nil, err
	}
	var any []rowEval
	for {
		item, err := p.operand()
		if err != nil {
			return nil, err
		}
		any = append(any, compare(left, item, "="))
		if !p.take(",") {
			break
		}
	}
	return func(r Row) truth {
		found := isFalse
		for _, e := range any {
			found = max(found, e(r))
		}
		return found
	}, p.need(")")
}

func (p *rowParser) like(left operand) (rowEval, error) {
	if p.at >= len(p.tokens) || p.tokens[p.at].kind != 's' {
		return nil, fmt.Errorf("expected a pattern after LIKE")
	}
	quoted := regexp.QuoteMeta(p.tokens[p.at].text)
	p.at++
	pattern, err := regexp.Compile(`(?s)^` + strings.NewReplacer("%", ".*", "_", ".").Replace(quoted) + `$`)
	if err != nil {
		return nil, err
	}
	return func(r Row) truth {
		if v := left(r); !v.null {
			return truthOf(pattern.MatchString(v.text))
		}
		return isUnknown
	}, nil
}
