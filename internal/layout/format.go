package layout

// ExportExtension is the extension of an export's file, by the format as it
// is spelt to the portal: packages have their own, everything else comes as a
// zip.
func ExportExtension(format string) string {
	switch format {
	case "Vector Tile Package":
		return "vtpk"
	case "Scene Package":
		return "slpk"
	}
	return "zip"
}
