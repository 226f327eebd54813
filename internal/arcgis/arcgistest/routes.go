package arcgistest

import (
	"net/http"
	"strings"
)

// The endpoints by the names that Request and Count use.
const (
	SignIn      = "generateToken"
	OAuth       = "oauth2/token"
	Self        = "portals/self"
	Community   = "community"
	Search      = "search"
	UserContent = "user content"
	ItemByID    = "item"
	Data        = "data"
	Resources   = "resources"
	Resource    = "resource"
	ItemInfo    = "item info"
	Export      = "export"
	Status      = "status"
	Delete      = "delete"
	DeleteItems = "deleteItems" // and a Delete for each item
	Service     = "service"
	Layer       = "layer"
	Query       = "query"
	Download    = "download"
)

// sharing is the portal: what lies under /sharing/rest.
func (p *Portal) sharing() http.Handler {
	m := http.NewServeMux()
	root := "/sharing/rest"
	if p.rules.enterprise {
		root = "/portal" + root
	}
	at := func(path, name string, r rule, do func(*ask) reply) {
		m.Handle(root+path, p.endpoint("portal", name, r, do))
	}
	at("/generateToken", SignIn, open|posted, (*ask).generateToken)
	at("/oauth2/token", OAuth, open|posted|noPage, (*ask).oauthToken)
	at("/oauth2/authorize", OAuth, open, (*ask).authorize)
	m.Handle(strings.TrimSuffix(root, "/rest")+"/oauth2/signin", p.endpoint("portal", OAuth, open|posted, (*ask).signin))
	at("/portals/self", Self, open, (*ask).self)
	at("/portals/self/users", Self, signedIn, (*ask).members)
	at("/portals/{org}/users", Self, signedIn, (*ask).members)
	at("/portals/{org}", Self, open, (*ask).self)
	at("/community/self", Community, signedIn, (*ask).communitySelf)
	at("/community/users/{user}", Community, signedIn, (*ask).communityUser)
	at("/search", Search, 0, (*ask).search)
	at("/content/items/{id}", ItemByID, 0, (*ask).item)
	at("/content/items/{id}/data", Data, noPage, (*ask).data)
	at("/content/items/{id}/resources", Resources, 0, (*ask).resources)
	at("/content/items/{id}/resources/{path...}", Resource, noPage, (*ask).resource)
	at("/content/items/{id}/info/{path...}", ItemInfo, noPage, (*ask).itemInfo)
	at("/content/users/{user}", UserContent, signedIn, (*ask).userContent)
	m.Handle(root+"/content/users/{user}/{rest...}", p.userTree())
	at("/info", "info", open, (*ask).info)
	at("", "root", open, func(a *ask) reply { return reply{json: map[string]any{"currentVersion": "2026.2"}} })
	at("/", "unknown", open, (*ask).unknown)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.URL.Path, r.URL.RawPath = tidy(r.URL.Path), tidy(r.URL.RawPath)
		m.ServeHTTP(w, r)
	})
}

// tidy takes from a path the slashes that are too many: Esri's clients ask for
// oauth2/token/ and for //sharing/rest as well.
func tidy(path string) string {
	return strings.TrimRight(strings.ReplaceAll(path, "//", "/"), "/")
}

// userTree is what lies under content/users/{user}: each path may name a
// folder first.
func (p *Portal) userTree() http.Handler {
	at := func(name string, r rule, do func(*ask) reply) http.Handler { return p.endpoint("portal", name, r, do) }
	unknown := at("unknown", open, (*ask).unknown)
	ends := map[string]http.Handler{
		"":                at(UserContent, signedIn, (*ask).userContent),
		"export":          at(Export, posted|signedIn, (*ask).export),
		"deleteItems":     at(DeleteItems, posted|signedIn, (*ask).deleteItems),
		"items/{}":        at(ItemByID, signedIn, (*ask).userItem),
		"items/{}/status": at(Status, signedIn, (*ask).status),
		"items/{}/delete": at(Delete, posted|signedIn, (*ask).deleteItem),
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		words := strings.Split(strings.TrimSuffix(r.PathValue("rest"), "/"), "/")
		if first := words[0]; first != "items" && ends[first] == nil {
			r.SetPathValue("folder", first)
			words = words[1:]
		}
		if len(words) > 1 && words[0] == "items" {
			r.SetPathValue("id", words[1])
			words[1] = "{}"
		}
		if h := ends[strings.Join(words, "/")]; h != nil {
			h.ServeHTTP(w, r)
			return
		}
		unknown.ServeHTTP(w, r)
	})
}

// userItem is the owner's look at an item, with its sharing.
func (a *ask) userItem() reply {
	i, fail := a.find(a.id)
	switch {
	case fail != nil:
		return reply{fail: fail}
	case i.owner != a.PathValue("user"):
		return reply{fail: missing}
	case !a.who.mayChange(i.owner):
		return reply{fail: forbidden}
	}
	return reply{json: map[string]any{"item": a.p.face(i, true), "sharing": map[string]any{"access": i.access, "groups": []any{}}}}
}

func (a *ask) info() reply {
	return reply{json: map[string]any{"owningSystemUrl": a.p.URL, "authInfo": map[string]any{"isTokenBasedSecurity": true, "tokenServicesUrl": a.p.URL + "/sharing/rest/generateToken"}}}
}

func (a *ask) unknown() reply {
	return reply{fail: &failure{Code: 404, Message: "Not found.", Details: []string{}}}
}

// stranger is a host outside of the organization: it knows nothing and must
// not be told a token.
func (p *Portal) stranger(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil || tokenOf(r) != "" {
		p.mu.Lock()
		p.breach("a token at a stranger's host, for %s", r.URL.Path)
		p.mu.Unlock()
	}
	http.NotFound(w, r)
}
