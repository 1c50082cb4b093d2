package intake

import (
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/lakeshare/lakeshare/internal/fact"
	"github.com/lakeshare/lakeshare/internal/manifest"
)

// cutOut makes a part of a share's text.
func (r *run) cutOut(s *manifest.Share, p *part, text []byte, another bool) ([]byte, error) {
	e, err := open(text)
	if err != nil {
		return nil, err
	}
	tables := child(e.root, "tables")
	if tables != nil && len(p.tables) == 0 {
		e.rewrite(e.root, func(i int) bool { return listOf(e.root).head(i) != "tables" })
	}
	if tables != nil && tables.Kind == yaml.MappingNode && len(p.tables) > 0 {
		if another {
			r.nameFilters(e, s, p, tables)
		}
		e.rewrite(tables, func(i int) bool { return slices.Contains(p.tables, strings.ToLower(listOf(tables).head(i))) })
	}
	to := child(e.root, "to")
	for i := range s.To {
		if v := p.entries[i]; v != nil {
			r.cutEntry(e, to.Content[i], s.To[i], v, tables != nil && len(p.tables) == 0)
		}
	}
	e.rewrite(to, func(i int) bool { return p.entries[i] != nil })
	return e.bytes(), nil
}

// nameFilters writes out the names of filters that follow from the path of the
// file, so that the new file means the same filters and nobody loses access
// while another one is made.
func (r *run) nameFilters(e *editor, s *manifest.Share, p *part, tables *yaml.Node) {
	wanted, _ := manifest.Compile(&manifest.Tree{Config: r.config, Shares: []manifest.Share{*s}}, noDate())
	names := map[string]string{}
	for k := range wanted.Wanted {
		if k.Kind == fact.Filter {
			names[k.Object.Table] = k.Object.Filter
		}
	}
	for _, t := range s.Tables {
		if node := child(tables, t.Name.Value); t.Filtered() && !t.Filter.Set() && slices.Contains(p.tables, t.Name.Value) {
			e.rewrite(node, keepAll, "filter: "+scalar(names[t.Name.Value]))
		}
	}
}

// cutEntry reduces one entry of to.
func (r *run) cutEntry(e *editor, m *yaml.Node, to manifest.Recipient, v *variant, tableless bool) {
	gone, add := map[string]bool{}, []string(nil)
	if r.loses(to, v) {
		r.cutPrincipals(e, child(m, "principals"), to, v)
	}
	switch permissions := child(m, "permissions"); {
	case tableless:
		gone["permissions"], gone["link"] = true, true
	case v.permissions == nil:
	case permissions == nil:
		add = append(add, "permissions: ["+strings.Join(v.permissions, ", ")+"]")
	default:
		e.rewrite(permissions, func(i int) bool { return slices.Contains(v.permissions, permissions.Content[i].Value) })
	}
	switch database := child(m, "database"); {
	case !v.rest:
		gone["database"], gone["locations"] = true, true
	case database == nil:
	case len(v.database) == 0:
		gone["database"] = true
	case len(v.database) < len(to.Database):
		e.rewrite(database, func(i int) bool { return slices.Contains(v.database, database.Content[i].Value) })
	}
	if len(gone) > 0 || len(add) > 0 {
		e.rewrite(m, func(i int) bool { return !gone[listOf(m).head(i)] }, add...)
	}
}

// cutPrincipals keeps the principals of the variant. A name that stands for
// several, of which one is lost, is replaced by the others.
func (r *run) cutPrincipals(e *editor, list *yaml.Node, to manifest.Recipient, v *variant) {
	account := r.accountID(to.Account.Value)
	lost := func(arn string) bool { return !v.principals[arn] }
	said := map[string]bool{}
	var broken []string
	for _, p := range to.Principals {
		arns := r.arns(p.Value, account)
		for _, arn := range arns {
			if slices.ContainsFunc(arns, lost) {
				broken = append(broken, arn)
				continue
			}
			said[arn] = true
		}
	}
	var add []string
	for _, arn := range broken {
		if v.principals[arn] && !said[arn] {
			said[arn] = true
			add = append(add, scalar(short(grantee{account, arn})))
		}
	}
	e.rewrite(list, func(i int) bool { return !slices.ContainsFunc(r.arns(list.Content[i].Value, account), lost) }, add...)
}
