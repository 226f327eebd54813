package machinetest

import "net/http"

// Roles say whether a role (List, Export, …, or Backup, the machine's own)
// may do something to a key: get, put, list (the key is the prefix), gettags,
// settags, parts, abort. It is called from one goroutine at a time.
type Roles func(role, verb, key string) bool

// ActsInRoles lets the bucket refuse what a role may not do, as IAM makes it;
// and as without a right to list all keys, one that is missing is forbidden
// rather than not found.
func (n *Night) ActsInRoles(roles Roles) *Night {
	n.strain.mu.Lock()
	defer n.strain.mu.Unlock()
	n.strain.roles = roles
	return n
}

// allow asks for each right that a request needs.
func (may Roles) allow(role string, r *http.Request) bool {
	ok := true
	for _, u := range uses(r) {
		ok = may(role, u.verb, u.key) && ok
	}
	return ok
}
