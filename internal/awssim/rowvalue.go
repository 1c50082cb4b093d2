package awssim

import (
	"fmt"
	"strconv"
	"strings"
)

type value struct {
	text string
	null bool
}

type operand func(Row) value

func (p *rowParser) operand() (operand, error) {
	minus := ""
	if p.take("-") {
		minus = "-"
	}
	if p.at >= len(p.tokens) {
		return nil, fmt.Errorf("expression ends too early")
	}
	t := p.tokens[p.at]
	p.at++
	switch {
	case t.kind == 'n' || t.kind == 's' && minus == "":
		return func(Row) value { return value{text: minus + t.text} }, nil
	case t.kind == 'c' && minus == "", t.kind == 'w' && minus == "" && !reserved(t.text):
		name := fold(t.text)
		p.names[name] = true
		return func(r Row) value {
			text, ok := r[name]
			return value{text, !ok}
		}, nil
	}
	return nil, fmt.Errorf("unexpected %q", t.text)
}

func reserved(word string) bool {
	switch strings.ToUpper(word) {
	case "AND", "OR", "NOT", "IN", "LIKE", "BETWEEN", "IS", "NULL", "TRUE", "FALSE", "SELECT", "FROM", "WHERE", "CASE":
		return true
	}
	return false
}

// compare compares numbers as numbers and everything else as text.
func compare(left, right operand, operator string) rowEval {
	return func(r Row) truth {
		a, b := left(r), right(r)
		if a.null || b.null {
			return isUnknown
		}
		order := strings.Compare(a.text, b.text)
		x, errA := strconv.ParseFloat(a.text, 64)
		y, errB := strconv.ParseFloat(b.text, 64)
		if errA == nil && errB == nil {
			order = 0
			if x < y {
				order = -1
			} else if x > y {
				order = 1
			}
		}
		switch operator {
		case "=":
			return truthOf(order == 0)
		case "<>", "!=":
			return truthOf(order != 0)
		case "<":
			return truthOf(order < 0)
		case "<=":
			return truthOf(order <= 0)
		case ">":
			return truthOf(order > 0)
		}
		return truthOf(order >= 0)
	}
}
