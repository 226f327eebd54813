//go:build localstack

package stack_test

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"

	"github.com/mapkeep/mapkeep/infra"
)

// bootstrap is the hash of the program that a function's folder has.
func bootstrap(w world, folder any) any {
	program, err := os.ReadFile(filepath.Join(w.dir, fmt.Sprint(folder), "bootstrap"))
	if err != nil {
		return err.Error()
	}
	return fmt.Sprintf("%x", sha256.Sum256(program))
}

// definition is the machine with its ${Name} filled in.
func definition(_ world, substitutions any) any {
	filled := expand(string(infra.Machine()), func(name string) string { return fmt.Sprint(at(substitutions, name)) })
	var machine any
	if err := json.Unmarshal([]byte(filled), &machine); err != nil {
		return err.Error()
	}
	return machine
}

// lowerKeys spells keys as Step Functions does: includeExecutionData.
func lowerKeys(w world, tree any) any {
	switch t := tree.(type) {
	case map[string]any:
		m := map[string]any{}
		for k, v := range t {
			m[strings.ToLower(k[:1])+k[1:]] = lowerKeys(w, v)
		}
		return m
	case []any:
		list := make([]any, len(t))
		for i, v := range t {
			list[i] = lowerKeys(w, v)
		}
		return list
	}
	return tree
}

func byPolicyName(_ world, policies any) any {
	m := map[string]any{}
	for _, p := range policies.([]any) {
		m[at(p, "PolicyName").(string)] = at(p, "PolicyDocument")
	}
	return m
}

func encryption(_ world, configuration any) any {
	rules := []any{}
	for _, r := range at(configuration, "ServerSideEncryptionConfiguration").([]any) {
		rules = append(rules, map[string]any{"ApplyServerSideEncryptionByDefault": at(r, "ServerSideEncryptionByDefault")})
	}
	return rules
}

// lifecycle spells the bucket's rules as S3 does. A key that it does not know
// stays, and S3 will not show it.
func lifecycle(_ world, configuration any) any {
	rules := []any{}
	for _, cfn := range at(configuration, "Rules").([]any) {
		rule := maps.Clone(cfn.(map[string]any))
		filter, expiration := map[string]any{"Prefix": ""}, map[string]any{}
		for key, place := range map[string]struct {
			in map[string]any
			as string
		}{
			"Id": {rule, "ID"}, "Prefix": {filter, "Prefix"},
			"ExpirationInDays":          {expiration, "Days"},
			"ExpiredObjectDeleteMarker": {expiration, "ExpiredObjectDeleteMarker"},
		} {
			if v, ok := rule[key]; ok {
				delete(rule, key)
				place.in[place.as] = v
			}
		}
		if tags, ok := rule["TagFilters"].([]any); ok {
			delete(rule, "TagFilters")
			filter = map[string]any{"Tag": tags[0]}
		}
		if rule["Filter"] = filter; len(expiration) > 0 {
			rule["Expiration"] = expiration
		}
		rules = append(rules, rule)
	}
	return map[string]any{"Rules": rules}
}

// lines writes a tree as one line a leaf, path and value. Numbers and truth
// values are written like the texts that CloudFormation makes of them.
func lines(tree any) map[string]string {
	text, err := json.Marshal(tree)
	if err != nil {
		panic(err)
	}
	var plain any
	if err := json.Unmarshal(text, &plain); err != nil {
		panic(err)
	}
	all := map[string]string{}
	flatten(all, "", plain)
	return all
}

func flatten(all map[string]string, path string, tree any) {
	switch t := tree.(type) {
	case map[string]any:
		for k, v := range t {
			flatten(all, strings.TrimPrefix(path+"."+k, "."), v)
		}
	case []any:
		for i, v := range t {
			flatten(all, fmt.Sprintf("%s[%d]", path, i), v)
		}
	case float64:
		all[path] = fmt.Sprintf("%v", t)
	default:
		all[path] = fmt.Sprint(t)
	}
}
