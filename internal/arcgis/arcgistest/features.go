package arcgistest

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// most is how many features a layer gives at once.
const most = 2000

// query is {FeatureServer}/{n}/query: counts, ids, and features a page at a
// time, in the order of their ids.
func (a *ask) query() reply {
	_, l, ok := a.sublayer()
	if !ok {
		return reply{fail: &failure{Code: 400, Message: "Invalid URL", Details: []string{"Invalid URL"}}}
	}
	chosen, why := a.chosenRows()
	if why != "" {
		return reply{fail: &failure{Code: 400, Message: "Cannot perform query. Invalid query parameters.", Details: []string{why}}}
	}
	numbers := []int{}
	for id := 1; id <= l.rows; id++ {
		if chosen(id) {
			numbers = append(numbers, id)
		}
	}
	switch {
	case a.form.Get("returnCountOnly") == "true":
		return reply{json: map[string]any{"count": len(numbers)}}
	case a.form.Get("returnIdsOnly") == "true":
		return reply{json: map[string]any{"objectIdFieldName": "OBJECTID", "objectIds": numbers}}
	}
	from := min(max(a.whole("resultOffset", 0), 0), len(numbers))
	to := min(from+min(max(a.whole("resultRecordCount", most), 0), most), len(numbers))
	out := map[string]any{"objectIdFieldName": "OBJECTID", "globalIdFieldName": "", "fields": columnsOf, "features": given(l, numbers[from:to], a.form.Get("returnGeometry") != "false")}
	if !l.table {
		out["geometryType"], out["spatialReference"] = "esriGeometryPoint", map[string]any{"wkid": 4326, "latestWkid": 4326}
	}
	if to < len(numbers) {
		out["exceededTransferLimit"] = true
	}
	return reply{json: out}
}

// given are the rows of these ids as a query gives them.
func given(l sublayer, ids []int, places bool) []any {
	out := []any{}
	for _, id := range ids {
		f := map[string]any{"attributes": map[string]any{"OBJECTID": id, "name": label(l, id-1)}}
		if places && !l.table {
			x, y := place(l, id-1)
			f["geometry"] = map[string]any{"x": x, "y": y}
		}
		out = append(out, f)
	}
	return out
}

// chosenRows reads where and objectIds; why says what is wrong with them.
func (a *ask) chosenRows() (chosen func(id int) bool, why string) {
	where, list := a.form.Get("where"), a.form.Get("objectIds")
	if where == "" && list == "" {
		return nil, "'where' clause is missing"
	}
	var all []func(int) bool
	if list != "" {
		words := strings.Split(list, ",")
		all = append(all, func(id int) bool { return slices.Contains(words, strconv.Itoa(id)) })
	}
	for _, term := range and.Split(where, -1) {
		if m := comparison.FindStringSubmatch(term); m != nil {
			all = append(all, func(id int) bool { return compares(m[1], m[2], m[3], id) })
		} else if where != "" {
			return nil, "Unable to perform query. Please check your parameters."
		}
	}
	return func(id int) bool { return !slices.ContainsFunc(all, func(f func(int) bool) bool { return !f(id) }) }, ""
}

// A where is comparisons of OBJECTID or a number with a number, joined by
// AND; real layers take much more SQL.
var (
	and        = regexp.MustCompile(`(?i)\s+and\s+`)
	comparison = regexp.MustCompile(`(?i)^\s*(objectid|\d{1,9})\s*(=|<>|<=|>=|<|>)\s*(\d{1,9})\s*$`)
)

func compares(left, sign, right string, id int) bool {
	if n, err := strconv.Atoi(left); err == nil {
		id = n
	}
	n, err := strconv.Atoi(right)
	if err != nil {
		return false
	}
	switch sign {
	case "=":
		return id == n
	case "<>":
		return id != n
	case "<":
		return id < n
	case "<=":
		return id <= n
	case ">":
		return id > n
	}
	return id >= n
}
