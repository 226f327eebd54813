package arcgistest

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// page reads start and num of a listing of n entries and makes the counters
// of the answer.
func (a *ask) page(n int) (from, to int, answer map[string]any) {
	start, num := a.whole("start", 1), min(a.whole("num", 10), 100)
	next := -1
	from, to = n, n
	if start >= 1 && start <= n {
		from, to = start-1, min(start-1+num, n)
	}
	if to < n && to > from {
		next = to + 1
	}
	return from, to, map[string]any{"total": n, "start": start, "num": to - from, "nextStart": next}
}

// whole reads a number of the form.
func (a *ask) whole(field string, otherwise int) int {
	if n, err := strconv.Atoi(a.form.Get(field)); err == nil {
		return n
	}
	return otherwise
}

// userContent is content/users/{user} and …/{folder}: the truth at once, a
// page at a time, of the recycle bin where that is asked for.
func (a *ask) userContent() reply {
	owner, folder := a.PathValue("user"), a.PathValue("folder")
	if _, ok := a.p.users[owner]; !ok && len(a.p.owned[owner]) == 0 {
		return reply{fail: &failure{Code: 400, MessageCode: "COM_0018", Message: "User does not exist or is inaccessible.", Details: []string{}}}
	}
	if !a.who.mayChange(owner) {
		return reply{fail: forbidden}
	}
	var list []*item
	folders, seen := []any{}, map[string]bool{}
	for _, i := range a.p.owned[owner] {
		if id := folderID(owner, i.folder); id == folder && i.recycled == (a.form.Get("inRecycleBin") == "true") {
			list = append(list, i)
		} else if i.folder != "" && !seen[id] {
			seen[id] = true
			folders = append(folders, map[string]any{"username": owner, "id": id, "title": i.folder, "created": birth.UnixMilli()})
		}
	}
	sortItems(list, a.form.Get("sortField"), a.form.Get("sortOrder"))
	from, to, out := a.page(len(list))
	items := []any{}
	for _, i := range list[from:to] {
		if i.job != nil {
			a.p.settle(i.job, a.now, false)
		}
		items = append(items, a.p.face(i, true))
	}
	out["username"], out["items"] = owner, items
	if folder == "" {
		out["folders"] = folders
	} else {
		out["currentFolder"] = map[string]any{"username": owner, "id": folder}
	}
	return reply{json: out}
}

// folderID is the id of a user's folder, "" for the root.
func folderID(owner, title string) string {
	if title == "" {
		return ""
	}
	return newItem(0, owner+"/"+title, "").ID
}

func sortItems(list []*item, field, order string) {
	by := map[string]func(a, b *item) int{
		"title":    func(a, b *item) int { return strings.Compare(strings.ToLower(a.title), strings.ToLower(b.title)) },
		"created":  func(a, b *item) int { return a.created.Compare(b.created) },
		"modified": func(a, b *item) int { return a.modified.Compare(b.modified) },
		"type":     func(a, b *item) int { return cmp.Compare(a.kind, b.kind) },
	}[strings.ToLower(field)]
	if by == nil {
		return
	}
	slices.SortStableFunc(list, func(a, b *item) int {
		if order == "desc" {
			a, b = b, a
		}
		return by(a, b)
	})
}
