package scaffold

import (
	"cmp"
	"embed"
	"fmt"
	"slices"
	"strings"
	"text/template"

	"github.com/lakeshare/lakeshare/internal/fact"
)

// File is one file of the repository, as init would write it now.
type File struct {
	Path    string // from the root of the repository, with slashes
	Content string
	What    string // what it is for, in a few words
	Once    bool   // the user's own from then on: never compared
	// Lines are what an existing CODEOWNERS needs at least; the pattern of each
	// counts, its owners may differ. Without them the whole file is compared.
	Lines []string
	// Instead is a file that says the same: one of the two is enough. "" for none.
	Instead string

	guards  []guard  // what CODEOWNERS guards
	written []string // every file that init writes, to look for lines that undo that
}

// checkout is the one other action that the workflows use. Its commit is that of
// the release behind it.
const checkout = "actions/checkout@de0fac2e4500dabe0009e67214ff5f5447ce83dd # v6.0.2"

//go:embed templates
var templates embed.FS

// Files returns what init writes, in the order in which people meet it. It fails
// on input that would not be a working workflow or policy.
func Files(in Input) ([]File, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	w, err := newWriter(in)
	if err != nil {
		return nil, err
	}
	if in.New {
		w.add(in.at("lakeshare.yaml"), "lakeshare.yaml", w.data, "accounts, scope and limits: put your own accounts in").Once = true
		w.add(in.at("shares/sales/orders.yaml"), "share.yaml", w.data, "a share to start from").Once = true
	}
	w.files = append(
		w.files,
		File{Path: in.at("schema/lakeshare.schema.json"), Content: string(in.ConfigSchema), What: "teaches editors lakeshare.yaml"},
		File{Path: in.at("schema/share.schema.json"), Content: string(in.ShareSchema), What: "teaches editors the shares"},
	)
	w.add(".vscode/settings.json", "settings.json", w.data, "points VS Code at the schemas").Once = true
	w.add(in.Workflow("plan"), "plan.yml", w.data, fmt.Sprintf("checks and plans every pull request; require its check %q", in.Check()))
	w.add(in.Workflow("apply"), "apply.yml", w.data, "carries out what was merged")
	w.add(in.Workflow("drift"), "drift.yml", w.data, "every six hours: ends what has a date, reports drift")
	owners := w.add(cmp.Or(in.CodeOwners, CodeOwners[0]), "CODEOWNERS", w.data, "who has to approve changes of scope, workflows and roles").Path
	w.roles()
	w.guard(owners)
	return w.files, w.err
}

// guard tells CODEOWNERS what it guards, once all files are known.
func (w *writer) guard(owners string) {
	i := slices.IndexFunc(w.files, func(f File) bool { return f.Path == owners })
	f := &w.files[i]
	f.guards = guards(w.in)
	for _, g := range f.guards {
		f.Lines = append(f.Lines, g.pattern+" "+w.in.Owners)
	}
	for _, other := range w.files {
		f.written = append(f.written, other.Path)
	}
}

// writer renders templates and keeps the first error.
type writer struct {
	in     Input
	data   data
	groups []group
	parsed *template.Template
	files  []File
	err    error
}

// data is what the templates of a repository see.
type data struct {
	Input
	Header     string
	Region     string // of lakeshare.yaml
	From, To   string // aliases of the sample share
	Checkout   string
	BranchList string
	Owned      []string // patterns of CODEOWNERS

	PlanEnvironment, ApplyEnvironment, ScheduleEnvironment string
}

// At is a path in lakeshare.yaml's folder.
func (d data) At(name string) string {
	if folder, ok := strings.CutSuffix(name, "/"); ok {
		return d.at(folder) + "/"
	}
	return d.at(name)
}

// Named is a name with the folder behind it, where there is one.
func (d data) Named(name string) string { return d.named(name) }

func newWriter(in Input) (*writer, error) {
	parsed, err := template.New("").Delims("[[", "]]").Funcs(template.FuncMap{"indent": indent}).ParseFS(templates, "templates/*.tmpl")
	if err != nil {
		return nil, fmt.Errorf("parse templates: %w", err)
	}
	all, err := groups(in)
	if err != nil {
		return nil, err
	}
	d := data{
		Input: in, Header: header(in), Checkout: checkout, BranchList: "[" + in.Branch + "]",
		PlanEnvironment: PlanEnvironment, ApplyEnvironment: ApplyEnvironment, ScheduleEnvironment: ScheduleEnvironment,
	}
	for _, g := range guards(in) {
		d.Owned = append(d.Owned, g.pattern)
	}
	if len(in.Accounts) > 0 {
		d.Region, d.From, d.To = in.Accounts[0].Place.Region, in.Accounts[0].Alias, in.Accounts[min(1, len(in.Accounts)-1)].Alias
	}
	return &writer{in: in, data: d, groups: all, parsed: parsed}, nil
}

func (w *writer) add(name, from string, data any, what string) *File {
	var b strings.Builder
	if err := w.parsed.ExecuteTemplate(&b, from+".tmpl", data); err != nil && w.err == nil {
		w.err = fmt.Errorf("write %s: %w", name, err)
	}
	w.files = append(w.files, File{Path: name, Content: b.String(), What: what})
	return &w.files[len(w.files)-1]
}

// indent puts spaces before every line.
func indent(n int, text string) string {
	pad := strings.Repeat(" ", n)
	return pad + strings.ReplaceAll(text, "\n", "\n"+pad)
}

// roleData is what the templates of an account see.
type roleData struct {
	Header, File, Name, Account, Region, Issuer, Audience string

	Regions           []string
	Provider          bool
	PlanARN, ApplyARN string
	Roles             []roleView
}

type roleView struct {
	role
	Title string // Plan
	Where string // the environments, in words
}

func (w *writer) roles() {
	for _, g := range w.groups {
		d := roleData{
			Header: w.data.Header, File: w.in.at("iam/" + g.name + ".cloudformation.yaml"), Name: g.name, Account: g.account,
			Region: g.members[0].Place.Region, Issuer: Issuer, Audience: Audience, Provider: g.provider, Regions: regions(g.members),
		}
		for _, r := range g.roles {
			title := "Plan"
			if r.Kind == "apply" {
				title, d.ApplyARN = "Apply", r.ARN
			} else {
				d.PlanARN = r.ARN
			}
			d.Roles = append(d.Roles, roleView{role: r, Title: title, Where: strings.Join(r.Environments, ", ")})
		}
		terraform := w.in.at("iam/" + g.name + ".tf")
		w.add(d.File, "cloudformation.yaml", d, "the roles of account "+g.name+", as CloudFormation").Instead = terraform
		w.add(terraform, "terraform.tf", d, "the same as Terraform: take one of the two, delete the other").Instead = d.File
	}
}

func regions(accounts []fact.Account) []string {
	var out []string
	for _, a := range accounts {
		if !slices.Contains(out, a.Place.Region) {
			out = append(out, a.Place.Region)
		}
	}
	return out
}
