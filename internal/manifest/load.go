package manifest

import (
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"unicode"

	"github.com/lakeshare/lakeshare/internal/diag"
)

// Limits of what is read. They bound the work that strangers' pull requests can cause.
const (
	MaxFileSize = 1 << 20 // bytes of one file
	MaxFiles    = 10_000  // files below shares/

	maxFindings = 100 // in one file; a file with more is broken in one way, over and over
)

// ConfigFile is the path of the file that says who takes part.
const ConfigFile = "lakeshare.yaml"

const sharesFolder = "shares/"

// Keep reports whether a path belongs to the configuration: lakeshare.yaml, and
// the .yaml and .yml files below shares/. Hidden files and folders do not.
func Keep(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".yaml", ".yml", ".json": // some of them only to say that they are not read
		return name == ConfigFile || name == "lakeshare.yml" || belowShares(name)
	}
	return false
}

// isYAML reports whether a share's file has one of the extensions that are read.
func isYAML(name string) bool {
	ext := path.Ext(name)
	return ext == ".yaml" || ext == ".yml"
}

// belowShares reports whether a path is that of a file below shares/ that is not hidden.
func belowShares(name string) bool {
	rest, ok := strings.CutPrefix(name, sharesFolder)
	if !ok || !fs.ValidPath(name) || strings.TrimSuffix(path.Base(name), path.Ext(name)) == "" {
		return false
	}
	return !slices.ContainsFunc(strings.Split(rest, "/"), func(s string) bool { return strings.HasPrefix(s, ".") })
}

// Load parses lakeshare.yaml and the files below shares/ and collects every
// finding. Paths are slash paths relative to the folder of lakeshare.yaml; files
// that do not belong to the configuration are passed over. A file with an error
// is listed in Broken and is not in the tree, so that what follows judges whole
// files only.
func Load(files map[string][]byte) (*Tree, diag.List) {
	l := &loader{tree: &Tree{}, config: configShape(), share: shareShape()}
	names := l.choose(files)
	if data, ok := files[ConfigFile]; ok {
		l.loadConfig(data)
	} else {
		l.missingConfig(files)
	}
	for _, name := range names {
		l.loadShare(name, files[name])
	}
	slices.Sort(l.tree.Broken)
	return l.tree, l.findings.Sorted()
}

type loader struct {
	tree          *Tree
	config, share *shape
	findings      diag.List
}

// choose returns the shares among the files in the order of their paths.
func (l *loader) choose(files map[string][]byte) []string {
	var names []string
	stems := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if name == ConfigFile || !belowShares(name) {
			continue
		}
		switch {
		case !isYAML(name):
			l.otherExtension(name)
		case strings.ContainsFunc(name, unicode.IsControl):
			l.broken(name, ruleBadName, "rename it", "the name of the file holds a control character")
		case stems[shareName(name)] != "":
			l.broken(name, ruleDuplicateShare, "rename one of the two", "%s is the same share: expected names that differ in more than the extension", stems[shareName(name)])
		default:
			stems[shareName(name)] = name
			names = append(names, name)
		}
	}
	if len(names) <= MaxFiles {
		return names
	}
	l.findings.Add(ruleTooManyFiles, diag.Pos{File: strings.TrimSuffix(sharesFolder, "/")},
		"share several tables, or to several recipients, in one file", "%d shares: expected at most %d", len(names), MaxFiles)
	l.tree.Broken = append(l.tree.Broken, names[MaxFiles:]...)
	return names[:MaxFiles]
}

// otherExtension warns about a file that looks like a share and is not read as one.
func (l *loader) otherExtension(name string) {
	ext := path.Ext(name)
	switch strings.ToLower(ext) {
	case ".yaml", ".yml", ".json":
		l.findings.Warn(ruleBadExtension, diag.Pos{File: name}, "rename it to "+path.Base(strings.TrimSuffix(name, ext))+".yaml",
			"the file is not read: expected the extension .yaml or .yml, not %s", ext)
	}
}

func (l *loader) missingConfig(files map[string][]byte) {
	hint := "write one that lists the accounts; docs/manifests.md shows one"
	for _, other := range []string{"lakeshare.yml", "shares/lakeshare.yaml"} {
		if _, ok := files[other]; ok {
			hint = "rename " + other + " to " + ConfigFile
		}
	}
	l.findings.Add(ruleMissingConfig, diag.Pos{File: ConfigFile}, hint, "there is no %s: expected it next to %s", ConfigFile, sharesFolder)
}

// broken reports a file that cannot be read at all.
func (l *loader) broken(name, rule, hint, format string, args ...any) {
	l.findings.Add(rule, diag.Pos{File: name}, hint, format, args...)
	l.tree.Broken = append(l.tree.Broken, name)
}

func (l *loader) loadConfig(data []byte) {
	p := newParser(ConfigFile)
	var c *Config
	if root, ok := p.read(data); ok {
		l.config.check(p, root)
		c = p.parseConfig(root)
	}
	if l.finish(p) {
		l.tree.Config = c
	}
}

func (l *loader) loadShare(name string, data []byte) {
	p := newParser(name)
	var s Share
	if root, ok := p.read(data); ok {
		l.share.check(p, root)
		s = p.parseShare(root)
	}
	if l.finish(p) {
		l.tree.Shares = append(l.tree.Shares, s)
	}
}

// finish takes over the findings of one file and reports whether it can be used.
func (l *loader) finish(p *parser) bool {
	found := p.findings.Sorted()
	if n := len(found); n > maxFindings {
		found = found[:maxFindings]
		found.Add(ruleTooManyFindings, found[maxFindings-1].Pos, "mend these first", "%d findings or more: expected at most %d in a file, so the rest is not listed", n, maxFindings)
	}
	l.findings = append(l.findings, found...)
	if p.findings.HasErrors() {
		l.tree.Broken = append(l.tree.Broken, p.file)
		return false
	}
	return true
}

// shareName is the path of a share below shares/ without its extension.
func shareName(file string) string {
	return strings.TrimSuffix(strings.TrimPrefix(file, sharesFolder), path.Ext(file))
}
