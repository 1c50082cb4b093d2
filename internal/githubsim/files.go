package githubsim

import (
	"cmp"
	"net/url"
	"strconv"
	"strings"
)

// emptyTree is what a first commit is compared with.
const emptyTree = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"

// File is a file that a pull request changes, for repositories without a git
// directory.
type File struct {
	Name, Previous       string
	Status               string // added, removed, modified or renamed; modified if empty
	Additions, Deletions int
	SHA                  string // of the blob; null if empty
}

// changed lists the files that differ between two trees, by name.
func (r Repo) changed(from, to string) ([]File, error) {
	raw, err := r.git("diff-tree", "-r", "-M", "-z", "--raw", "--no-abbrev", from, to)
	if err != nil {
		return nil, err
	}
	counts, err := r.git("diff-tree", "-r", "-M", "-z", "--numstat", from, to)
	if err != nil {
		return nil, err
	}
	lines := lineCounts(counts)
	var files []File
	fields := strings.Split(strings.TrimSuffix(raw, "\x00"), "\x00")
	for i := 0; i+1 < len(fields); i += 2 {
		head := strings.Fields(fields[i]) // :mode mode sha sha status
		f := File{Name: fields[i+1], SHA: head[3], Status: statusNames[head[4][0]]}
		if f.Status == "renamed" {
			i++
			f.Previous, f.Name = f.Name, fields[i+1]
		}
		if f.Status == "removed" {
			f.SHA = head[2]
		}
		f.Additions, f.Deletions = lines[f.Name][0], lines[f.Name][1]
		files = append(files, f)
	}
	return files, nil
}

var statusNames = map[byte]string{'A': "added", 'D': "removed", 'M': "modified", 'R': "renamed", 'T': "changed"}

// lineCounts reads git's list of added and deleted lines, by the new name.
func lineCounts(numstat string) map[string][2]int {
	lines := map[string][2]int{}
	fields := strings.Split(strings.TrimSuffix(numstat, "\x00"), "\x00")
	for i := 0; i < len(fields); i++ {
		part := strings.SplitN(fields[i], "\t", 3)
		if len(part) != 3 {
			continue
		}
		added, _ := strconv.Atoi(part[0]) // "-" for a binary file
		deleted, _ := strconv.Atoi(part[1])
		name := part[2]
		if name == "" && i+2 < len(fields) { // renamed: both names follow
			name, i = fields[i+2], i+2
		}
		lines[name] = [2]int{added, deleted}
	}
	return lines
}

func (c *call) fileDocument(at string) func(File) object {
	return func(f File) object {
		escaped := (&url.URL{Path: f.Name}).EscapedPath()
		api := c.base + "/repos/" + c.repo.full() + "/contents/" + escaped + "?ref=" + at
		doc := object{
			"sha": nil, "filename": f.Name, "status": cmp.Or(f.Status, "modified"), "additions": f.Additions,
			"deletions": f.Deletions, "changes": f.Additions + f.Deletions, "contents_url": api,
			"blob_url": c.base + "/" + c.repo.full() + "/blob/" + at + "/" + escaped,
			"raw_url":  c.base + "/" + c.repo.full() + "/raw/" + at + "/" + escaped,
		}
		if f.SHA != "" {
			doc["sha"] = f.SHA
		}
		if f.Previous != "" {
			doc["previous_filename"] = f.Previous
		}
		return doc
	}
}
