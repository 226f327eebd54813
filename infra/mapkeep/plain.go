package main

import (
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// plain makes a text fit for a terminal: titles and messages are other
// people's, and may hold what moves the cursor, changes colours or turns the
// direction of writing. Line ends and tabs stay.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\t', unicode.IsGraphic(r):
			return r
		case unicode.Is(unicode.Cf, r): // joiners, marks of direction
			return -1
		}
		return '\ufffd'
	}, text)
}

// line is plain on one line.
func line(text string) string {
	return strings.Join(strings.FieldsFunc(plain(text), func(r rune) bool { return r == '\n' || r == '\t' }), " ")
}

// cells is how much room a text takes on a terminal, at most: some draw wide
// what others draw narrow, and marks take none that are counted here.
func cells(text string) int {
	n := 0
	for _, r := range text {
		n += cell(r)
	}
	return n
}

func cell(r rune) int {
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}

// clip cuts a line so that it takes no more than n cells.
func clip(text string, n int) string {
	text = line(text)
	if cells(text) <= n {
		return text
	}
	taken := 0
	for i, r := range text {
		if taken += cell(r); taken > n-1 {
			return text[:i] + strings.Repeat("…", min(1, max(n, 0)))
		}
	}
	return text
}
