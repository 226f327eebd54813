package arcgistest

import (
	"fmt"
	"strings"
)

func csv(mark string, layers []sublayer, bulk int64) *Content {
	one := func(l sublayer, bulk int64) part {
		var b strings.Builder
		b.WriteString("OBJECTID,name,x,y\r\n")
		for i := range l.rows {
			x, y := place(l, i)
			fmt.Fprintf(&b, "%d,%q,%.6f,%.6f\r\n", i+1, label(l, i), x, y)
		}
		return join("", strings.NewReader(b.String()), hiss(bulk, mark))
	}
	if len(layers) == 1 {
		return join(mark, one(layers[0], bulk))
	}
	var files []file
	for _, l := range layers {
		files, bulk = append(files, file{fmt.Sprintf("%s_%d.csv", plain(l.name), l.id), one(l, bulk)}), 0
	}
	return zipped(mark, files...)
}

func geojson(mark string, layers []sublayer, _ int64) *Content {
	var b strings.Builder
	b.WriteString(`{"type":"FeatureCollection","features":[`)
	for _, l := range layers {
		for i := range l.rows {
			if b.Len() > 45 {
				b.WriteByte(',')
			}
			x, y := place(l, i)
			fmt.Fprintf(&b, `{"type":"Feature","id":%d,"geometry":{"type":"Point","coordinates":[%.6f,%.6f]},"properties":{"OBJECTID":%d,"name":%q}}`, i+1, x, y, i+1, label(l, i))
		}
	}
	b.WriteString(`]}`)
	return join(mark, strings.NewReader(b.String()))
}

func featureCollection(mark string, layers []sublayer, _ int64) *Content {
	var b strings.Builder
	b.WriteString(`{"layers":[`)
	for n, l := range layers {
		if n > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"layerDefinition":{"id":%d,"name":%q,"objectIdField":"OBJECTID","geometryType":"esriGeometryPoint"},"featureSet":{"features":[`, l.id, l.name)
		for i := range l.rows {
			if i > 0 {
				b.WriteByte(',')
			}
			x, y := place(l, i)
			fmt.Fprintf(&b, `{"attributes":{"OBJECTID":%d,"name":%q},"geometry":{"x":%.6f,"y":%.6f}}`, i+1, label(l, i), x, y)
		}
		b.WriteString(`]}}`)
	}
	b.WriteString(`]}`)
	return join(mark, strings.NewReader(b.String()))
}

func kml(mark string, layers []sublayer, _ int64) *Content {
	one := func(l sublayer) part {
		var b strings.Builder
		b.WriteString(`<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document>`)
		for i := range l.rows {
			x, y := place(l, i)
			fmt.Fprintf(&b, "<Placemark><name>%s</name><Point><coordinates>%.6f,%.6f</coordinates></Point></Placemark>", label(l, i), x, y)
		}
		b.WriteString("</Document></kml>")
		return strings.NewReader(b.String())
	}
	if len(layers) == 1 {
		return join(mark, one(layers[0]))
	}
	var files []file
	for _, l := range layers {
		files = append(files, file{fmt.Sprintf("%s_%d.kml", plain(l.name), l.id), one(l)})
	}
	return zipped(mark, files...)
}

// place is where row i of a layer lies, label what it is called: both follow
// from the layer's features alone, however they are asked for, and change with
// every edition of them.
func place(l sublayer, i int) (x, y float64) {
	h := hiss(0, fmt.Sprint(l.features, l.id))
	return float64(mix(h.seed, uint64(2*i))%360e6)/1e6 - 180, float64(mix(h.seed, uint64(2*i+1))%180e6)/1e6 - 90
}

func label(l sublayer, i int) string {
	return fmt.Sprintf("place %04x", mix(hiss(0, l.features).seed, uint64(l.id*1000003+i))&0xffff)
}
