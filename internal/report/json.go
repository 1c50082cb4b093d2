package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"
	"unicode/utf16"

	"github.com/lakeshare/lakeshare/internal/fact"
)

// jsonVersion changes when a key changes its meaning or goes; new keys do not
// change it. docs/json.md describes every key.
const jsonVersion = 1

// The kinds of JSON document.
const (
	kindPlan     = "plan"
	kindOutcome  = "outcome"
	kindFindings = "findings"
)

// header opens every document.
type header struct {
	Version int    `json:"version"`
	Kind    string `json:"kind"`
}

type jsonAccount struct {
	Account string `json:"account"`
	Region  string `json:"region"`
	Alias   string `json:"alias"`
}

// jsonObject holds the fields that carry meaning for its type.
type jsonObject struct {
	Type     string `json:"type"`
	Catalog  string `json:"catalog"`
	Database string `json:"database,omitempty"`
	Table    string `json:"table,omitempty"`
	Filter   string `json:"filter,omitempty"`
	Path     string `json:"path,omitempty"`
}

type jsonKey struct {
	Kind       string     `json:"kind"`
	Account    string     `json:"account"`
	Region     string     `json:"region"`
	Alias      string     `json:"alias,omitempty"`
	Object     jsonObject `json:"object"`
	Principal  string     `json:"principal,omitempty"`
	Permission string     `json:"permission,omitempty"`
}

// jsonBody has what the kind of fact uses: grantable for grants, columns and
// rows for filters, target and target_region for links.
type jsonBody struct {
	Grantable    *bool       `json:"grantable,omitempty"`
	Columns      *string     `json:"columns,omitempty"`
	Rows         *string     `json:"rows,omitempty"`
	Target       *jsonObject `json:"target,omitempty"`
	TargetRegion string      `json:"target_region,omitempty"`
}

type jsonOrigin struct {
	Share  string `json:"share"`
	File   string `json:"file"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
}

func writeJSON(w io.Writer, document any) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false) // JSON is not a page: < and & in a row filter stay readable
	if err := e.Encode(document); err != nil {
		return fmt.Errorf("encode JSON: %w", err)
	}
	_, err := io.WriteString(w, visible(b.String()))
	return err
}

// visible escapes what encoding/json leaves as it is and a terminal would act
// on. Such characters occur in strings only, so that the document stays the same.
func visible(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '\n', unicode.IsPrint(r) && !blank(r):
			b.WriteRune(r)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&b, `\u%04x\u%04x`, high, low)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}

func objectJSON(o fact.Object) jsonObject {
	return jsonObject{
		Type: o.Type.String(), Catalog: o.Catalog, Database: o.Database,
		Table: o.Table, Filter: o.Filter, Path: o.Path,
	}
}

func (n names) keyJSON(k fact.Key) jsonKey {
	return jsonKey{
		Kind: k.Kind.String(), Account: k.At.Account, Region: k.At.Region, Alias: n.alias(k.At),
		Object: objectJSON(k.Object), Principal: k.Principal, Permission: k.Permission,
	}
}

func (n names) keysJSON(keys []fact.Key) []jsonKey {
	return each(keys, n.keyJSON)
}

func bodyJSON(k fact.Kind, b fact.Body) jsonBody {
	switch {
	case k.IsGrant():
		return jsonBody{Grantable: &b.Grantable}
	case k == fact.Filter:
		return jsonBody{Columns: &b.Columns, Rows: &b.Rows}
	case k == fact.Link:
		target := objectJSON(b.Target)
		return jsonBody{Target: &target, TargetRegion: b.Region}
	}
	return jsonBody{}
}

func originJSON(o fact.Origin) jsonOrigin {
	return jsonOrigin{Share: o.Share, File: o.File, Line: o.Line, Column: o.Col}
}

// timeJSON is RFC 3339 in UTC, or null where AWS does not say.
func timeJSON(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

// each applies f to all elements. The result is never nil, so that JSON has []
// and not null.
func each[T, U any](list []T, f func(T) U) []U {
	out := make([]U, len(list))
	for i, x := range list {
		out[i] = f(x)
	}
	return out
}

func keep(s string) string { return s }
