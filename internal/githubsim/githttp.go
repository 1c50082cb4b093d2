package githubsim

import (
	"fmt"
	"net/http"
	"net/http/cgi"
	"path/filepath"
	"strings"
	"sync"
)

// backend finds git's own HTTP server.
var backend = sync.OnceValues(func() (string, error) {
	out, err := Repo{Dir: "."}.git("--exec-path")
	return filepath.Join(strings.TrimSpace(out), "git-http-backend"), err
})

// serveGit answers git clone, fetch and push. Reading needs the token's
// contents=read, pushing contents=write.
func (s *Server) serveGit(w http.ResponseWriter, r *http.Request) {
	repo, login, status, message := s.admit(r)
	if status != 0 {
		if status == http.StatusUnauthorized {
			w.Header().Set("WWW-Authenticate", `Basic realm="GitHub"`)
		}
		http.Error(w, message, status)
		return
	}
	program, err := backend()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	before := repo.heads()
	service := strings.TrimPrefix(r.URL.Path, "/"+r.PathValue("owner")+"/"+r.PathValue("repo"))
	request := r.Clone(r.Context())
	request.URL.Path = "/" + filepath.Base(repo.Dir) + service
	request.URL.RawPath = ""
	handler := cgi.Handler{
		Path: program,
		Env: append(gitEnvironment(), "GIT_HTTP_EXPORT_ALL=1", "REMOTE_USER="+login,
			"GIT_PROJECT_ROOT="+filepath.Dir(repo.Dir), "GIT_PROTOCOL="+r.Header.Get("Git-Protocol")),
		InheritEnv: []string{"PATH", "LD_LIBRARY_PATH"},
	}
	handler.ServeHTTP(w, request)
	if strings.HasSuffix(service, "receive-pack") && r.Method == http.MethodPost {
		s.recordPush(repo, before, login)
	}
}

// admit checks who asks and for what. A status of 0 lets them in.
func (s *Server) admit(r *http.Request) (repo *repository, login string, status int, message string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	token, err := s.identify(r)
	if err != nil || token == nil {
		return nil, "", http.StatusUnauthorized, "Invalid username or token. Password authentication is not supported for Git operations."
	}
	name := r.PathValue("owner") + "/" + strings.TrimSuffix(r.PathValue("repo"), ".git")
	repo = s.repos[strings.ToLower(name)]
	if repo == nil || repo.Dir == "" || token.Repo != "" && !strings.EqualFold(token.Repo, name) || !token.may("contents=read") {
		return nil, "", http.StatusNotFound, "Repository not found."
	}
	writes := r.URL.Query().Get("service") == "git-receive-pack" || strings.HasSuffix(r.URL.Path, "/git-receive-pack")
	if writes && !token.may("contents=write") {
		return nil, "", http.StatusForbidden, fmt.Sprintf("Permission to %s.git denied to %s.", name, token.Login)
	}
	return repo, token.Login, 0, ""
}

// heads lists all refs and the commits they stand at.
func (r *repository) heads() map[string]string {
	out, err := r.git("for-each-ref", "--format=%(refname) %(objectname)")
	if err != nil {
		return nil
	}
	heads := map[string]string{}
	for line := range strings.Lines(out) {
		name, sha, _ := strings.Cut(strings.TrimSpace(line), " ")
		heads[name] = sha
	}
	return heads
}
