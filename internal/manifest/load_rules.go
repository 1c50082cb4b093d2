package manifest

// Rule describes one kind of finding.
type Rule struct {
	Name  string // stable; part of every finding
	Title string
	Help  string // why it is a finding, and what to do
}

const (
	ruleMissingConfig    = "missing-config"
	ruleTooManyFiles     = "too-many-files"
	ruleTooLarge         = "too-large"
	ruleBadExtension     = "bad-yaml-extension"
	ruleDuplicateShare   = "duplicate-share"
	ruleInvalidUTF8      = "invalid-utf8"
	ruleControlCharacter = "control-character"
	ruleInvalidYAML      = "invalid-yaml"
	ruleEmptyFile        = "empty-file"
	ruleSeveralDocuments = "several-documents"
	ruleTooDeep          = "too-deep"
	ruleAnchor           = "anchor"
	ruleTag              = "tag"
	ruleDuplicateKey     = "duplicate-key"
	ruleUnknownKey       = "unknown-key"
	ruleMissingKey       = "missing-key"
	ruleConflictingKeys  = "conflicting-keys"
	ruleWrongType        = "wrong-type"
	ruleUnquotedAccount  = "unquoted-account-id"
	ruleWrongVersion     = "wrong-version"
	ruleBadValue         = "bad-value"
	ruleBadName          = "bad-name"
	ruleBadDate          = "bad-date"
	ruleEmptyList        = "empty-list"
	ruleDuplicateEntry   = "duplicate-entry"
	ruleNotYet           = "not-yet"
	ruleTooManyFindings  = "too-many-findings"
)

// LoadRules returns the rules of loading: of files, of YAML, of the format.
func LoadRules() []Rule {
	rules := []Rule{
		{ruleMissingConfig, "No lakeshare.yaml", "Accounts and scope stand in lakeshare.yaml, next to shares/. Without it no share means anything."},
		{ruleTooManyFiles, "Too many shares", "One repository holds at most 10,000 files below shares/."},
		{ruleTooLarge, "File too large", "A file holds at most 1 MiB. Split it."},
		{ruleBadExtension, "Extension not read", "Only .yaml and .yml are read, in lower case. A share that nobody reads shares nothing, so this warns."},
		{ruleDuplicateShare, "Two files, one share", "The name of a share is its path without the extension, so a.yaml and a.yml are the same share."},
		{ruleInvalidUTF8, "Not UTF-8", "Files are UTF-8. Save the file again in that encoding."},
		{ruleControlCharacter, "Control character", "Control characters, and invisible ones that change the direction of text, hide from a reviewer what a file says."},
	}
	return append(append(rules, yamlRules()...), formatRules()...)
}

func yamlRules() []Rule {
	return []Rule{
		{ruleInvalidYAML, "Not YAML", "The file breaks the syntax of YAML. Nothing else about it can be said until that is mended."},
		{ruleEmptyFile, "Empty file", "The file holds nothing but comments. Delete it, or write a share."},
		{ruleSeveralDocuments, "Several documents", "One file is one share: --- may not begin a second one."},
		{ruleTooDeep, "Nested too deep", "The format needs a handful of levels; 64 is the limit."},
		{ruleAnchor, "Anchor, alias or merge key", "A reader has to see in the line what it says. Write the value out."},
		{ruleTag, "YAML tag", "Tags change what a value means. Values are text, numbers, true and false, lists and mappings."},
		{ruleDuplicateKey, "Key written twice", "A key may stand in a mapping once. Names of databases and tables count as one whatever their case."},
	}
}

func formatRules() []Rule {
	return []Rule{
		{ruleUnknownKey, "Unknown key", "The format does not have this key here. A key that means nothing is refused, since it would be relied on."},
		{ruleMissingKey, "Missing key", "The format needs this key here."},
		{ruleConflictingKeys, "Keys that exclude each other", "Only one of these keys may be written."},
		{ruleWrongType, "Wrong type", "YAML reads the value as something else than the format expects; often quotes are missing."},
		{ruleUnquotedAccount, "Account id without quotes", "YAML reads digits as a number and may drop a leading zero. An account id stands in quotes."},
		{ruleWrongVersion, "Unknown version", "There is one version of the format: version: 1."},
		{ruleBadValue, "Value not allowed", "The value is none of those allowed, or does not have the form that AWS needs."},
		{ruleBadName, "Name not allowed", "AWS or lakeshare cannot use this name."},
		{ruleBadDate, "Not a date", "A share ends at 00:00 UTC of a day of the calendar, written YYYY-MM-DD."},
		{ruleEmptyList, "Empty list or mapping", "It would say nothing, or something else than intended. Leave the key out."},
		{ruleDuplicateEntry, "Entry written twice", "A list may hold an entry once."},
		{ruleNotYet, "Not supported yet", "The key belongs to the format, but this version of lakeshare cannot do what it says, so it refuses it."},
		{ruleTooManyFindings, "More findings", "At most 100 findings of one file are listed."},
	}
}
