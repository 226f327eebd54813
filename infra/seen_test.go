package infra_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/mapkeep/mapkeep"
	"github.com/mapkeep/mapkeep/infra/machinetest"
)

// forms are the stacks that are told apart: their rights to backups differ.
// The secret is the stack's own, or the one that was given with a key.
var forms = []map[string]bool{
	{"InDirectory": true, "MakeSecret": true, "InVpc": true},
	{"InDirectory": false, "MakeSecret": true, "InVpc": true},
	{"InDirectory": true, "MakeSecret": false, "OwnSecretKey": true, "InVpc": true},
}

// rightsAsSeen compares template.yaml with what roles were seen to do in all
// runs of this package: each right to the bucket, to the secret and to a
// function was used, and no other was needed. LocalStack enforces none, so
// this is what tells. That it can tell is shown with every edit there is.
func rightsAsSeen() error {
	keys := machinetest.Needs()
	seen := slices.Collect(maps.Keys(keys))
	problems, err := unlike(mapkeep.Template, seen)
	if err != nil {
		return err
	}
	for i, problem := range problems {
		for need, key := range keys {
			if problem == rightless(need) {
				problems[i] += ", such as " + key
			}
		}
	}
	if len(problems) == 0 {
		problems, err = overlooked(seen)
	}
	if len(problems) == 0 {
		return err
	}
	return errors.New("template.yaml and what its roles were seen to do:\n\t" + strings.Join(problems, "\n\t"))
}

// unlike says how the rights of a template differ from what roles were seen
// to do and from what AWS itself does by them.
func unlike(template []byte, seen []machinetest.Need) ([]string, error) {
	var problems []string
	for _, form := range forms {
		granted, err := rightsOf(template, form)
		if err != nil {
			return nil, err
		}
		problems = slices.Concat(problems, useless(granted, seen, form), needed(granted, seen, form))
	}
	slices.Sort(problems)
	return slices.Compact(problems), nil
}

// useless compares what is granted with what was used.
func useless(granted []right, seen []machinetest.Need, form map[string]bool) []string {
	var problems []string
	aws := awsRights(form)
	for _, r := range granted {
		ours := slices.ContainsFunc(seen, func(n machinetest.Need) bool { return used(r, n, form["InDirectory"]) })
		switch theirs := slices.Contains(aws, r); {
		case !theirs && !ours:
			problems = append(problems, fmt.Sprintf("%s may %s %s: nobody was seen to need it", r.role, r.action, r.key()))
		case theirs && ours:
			problems = append(problems, fmt.Sprintf("%s may %s %s: it was seen to be ours, not AWS's", r.role, r.action, r.key()))
		}
	}
	return problems
}

// needed says what was used or is AWS's to use, and is not granted.
func needed(granted []right, seen []machinetest.Need, form map[string]bool) []string {
	var problems []string
	for _, r := range awsRights(form) {
		if !slices.Contains(granted, r) {
			problems = append(problems, fmt.Sprintf("%s may not %s %s, which AWS does", r.role, r.action, r.key()))
		}
	}
	for _, n := range seen {
		if n.Directory == form["InDirectory"] && !slices.ContainsFunc(granted, func(r right) bool { return covers(r, n) }) {
			problems = append(problems, rightless(n))
		}
	}
	return problems
}

// rightless is a need without a right.
func rightless(n machinetest.Need) string {
	return fmt.Sprintf("%s may not %s %s (a BackupDirectory: %v), and needed it", n.Role, n.Verb, n.Key, n.Directory)
}

// covers reports whether a right covers a need. A need's stars are as good as
// any other text there: only a star of the right's own covers them.
func covers(r right, n machinetest.Need) bool {
	if r.effect != "Allow" || r.role != n.Role || verbs[r.action] != n.Verb {
		return false
	}
	if n.Verb == "secret" {
		return r.key() == "PortalSecret" || r.key() == "SecretArn"
	}
	return matches(r.key(), n.Key)
}

// used reports whether a need shows that a right is used. What is the same
// right with and without a directory is used in either. A pattern that begins
// with a star is there for the backups: working files have rights of their own.
func used(r right, n machinetest.Need, directory bool) bool {
	backups := strings.HasPrefix(r.key(), "*") || strings.HasPrefix(r.key(), "DIR/")
	if backups && (n.Directory != directory || strings.HasPrefix(n.Key, ".mapkeep/")) {
		return false
	}
	return covers(r, n)
}
