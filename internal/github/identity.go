package github

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/sethvargo/go-githubactions"
)

const (
	idURL   = "ACTIONS_ID_TOKEN_REQUEST_URL"
	idToken = "ACTIONS_ID_TOKEN_REQUEST_TOKEN"
)

// IDToken asks GitHub for a token that says which run this is, for an audience
// such as sts.amazonaws.com. The token is a secret until it ends.
func IDToken(ctx context.Context, getenv func(string) string, audience string, o Options) (string, error) {
	if getenv(idURL) == "" || getenv(idToken) == "" {
		return "", &RefusedError{What: "issue an identity token", Permission: "id-token: write", Reason: idURL + " or " + idToken + " is not set"}
	}
	o = o.filled()
	a := githubactions.New(githubactions.WithGetenv(getenv), githubactions.WithHTTPClient(&http.Client{
		Transport: o.Transport, Timeout: requestTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return errForeign },
	}))
	for tries := 1; ; tries++ {
		token, err := a.GetIDToken(ctx, audience)
		if err == nil && token == "" {
			err = errEmpty
		}
		if err == nil {
			return token, nil
		}
		if tries == maxTries || ctx.Err() != nil || !isPassing(err) {
			text := strings.ReplaceAll(identityFault(err), getenv(idToken), "***")
			return "", &callError{what: "ask for an identity token", message: text, tries: tries, cause: ctx.Err()}
		}
		if err := o.Sleep(ctx, tryAgain<<(2*(tries-1))); err != nil {
			return "", &callError{what: "ask for an identity token", message: err.Error(), cause: err}
		}
	}
}

// isPassing reports whether asking for a token again may help.
func isPassing(err error) bool {
	if answer, ok := errors.AsType[*githubactions.RequestFailedError](err); ok {
		return answer.StatusCode >= 500 || answer.StatusCode == http.StatusTooManyRequests
	}
	return errors.Is(err, errEmpty) || isTransport(err)
}

// identityFault leaves the address out: its query is of no use to anybody.
func identityFault(err error) string {
	if answer, ok := errors.AsType[*githubactions.RequestFailedError](err); ok {
		return clip(clean(fmt.Sprintf("%d %s", answer.StatusCode, answer.Body), keepNothing), 500)
	}
	if on, ok := errors.AsType[*url.Error](err); ok {
		return on.Err.Error()
	}
	return err.Error()
}

// Claims decodes what an identity token says. It verifies nothing: it is for
// showing what AWS will compare.
func Claims(token string) (map[string]any, error) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return nil, errors.New("identity token: want three parts with dots between")
	}
	data, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return nil, errors.New("identity token: the second part is not base64")
	}
	var claims map[string]any
	if err := json.Unmarshal(data, &claims); err != nil || claims == nil {
		return nil, errors.New("identity token: the second part is not a JSON object")
	}
	return claims, nil
}
