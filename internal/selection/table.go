package selection

// The types of items, from Esri's page "Items and item types", from the
// lists that its Python and JavaScript libraries hold, and from what people
// saw. A type that is missing here is ByUnknown and loses nothing.

var services = []string{
	"Feature Service", "Vector Tile Service", "Scene Service",
	"Map Service", "Image Service", "3DTiles Service", "3DTilesService",
}

var links = []string{
	"WMS", "WMTS", "WFS", "WCS", "WPS", "OGCFeatureServer", "Web Map Service", "Web Map Tile Service",
	"Document Link", "Stream Service", "Feed", "Video Service", "Symbol Service",
	"Geocoding Service", "Geocode Service", "Geodata Service", "Geoenrichment Service", "Geometry Service",
	"Geoprocessing Service", "Globe Service", "Network Analysis Service", "Workflow Manager Service",
	"Relational Database Connection", "Kernel Gateway Connection", "Data Store", "Big Data File Share", "Server",
	"API Key", "User License Type Extension", "Featured Items",
	"Knowledge Graph",
}

var texts = []string{
	// maps and layers
	"Web Map", "Web Scene", "Map Area", "360 VR Experience", "Feature Collection", "Feature Collection Template",
	"Group Layer", "Media Layer", "Oriented Imagery Catalog", "Knowledge Graph Layer", "Web Link Chart", "Link Chart",
	// apps
	"Web Mapping Application", "Mobile Application", "Application", "Dashboard", "Operation View",
	"StoryMap", "Web Experience", "Web Experience Template", "Web AppBuilder Widget",
	"Workforce Project", "Mission", "Mission Template", "Solution", "Discussion",
	"Insights Workbook", "Insights Model", "Insights Page", "Insights Theme",
	"Insights Data Engineering Workbook", "Insights Data Engineering Model",
	"Hub Site Application", "Hub Page", "Hub Initiative", "Hub Initiative Template", "Hub Project", "Hub Event",
	"Site Application", "Site Page", "Site Initiative",
	"Data Pipeline", "Deep Learning Studio Project", "Excalibur Imagery Project", "GeoBIM Application", "GeoBIM Project",
	"Investigation", "Knowledge Graph Web Investigation", "Knowledge Studio Project",
	"Ortho Mapping Project", "Ortho Mapping Template", "Reality Mapping Project",
	// what they are configured with
	"StoryMap Theme", "Content Category Set", "Esri Classification Schema", "Application Configuration",
}

var textFiles = []string{"Notebook", "Pro Map", "Style", "Symbol Set", "Color Set"}

var files = []string{
	// data
	"CSV", "CSV Collection", "Shapefile", "File Geodatabase", "SQLite Geodatabase", "GeoJson", "GeoPackage", "GML", "netCDF",
	"KML", "KML Collection", "Apache Parquet", "CAD Drawing", "Image", "Image Collection", "Statistical Data Collection",
	// documents
	"PDF", "Microsoft Word", "Microsoft Excel", "Microsoft Powerpoint", "Microsoft Visio", "Visio Document",
	"iWork Keynote", "iWork Numbers", "iWork Pages", "Report Template", "Administrative Report", "Mission Report",
	// packages
	"Map Package", "Mobile Map Package", "Mobile Basemap Package", "Mobile Scene Package", "Basemap Package",
	"Tile Package", "Compact Tile Package", "Vector Tile Package", "Scene Package", "Scene Package Part", "3DTiles Package",
	"Layer Package", "Project Package", "Geoprocessing Package", "Geoprocessing Package (Pro version)", "Locator Package",
	"Rule Package", "Deep Learning Package", "ArcPad Package", "Windows Mobile Package", "Workflow Manager Package",
	"Insights Workbook Package", "Experience Builder Widget Package", "AppBuilder Widget Package", "Addin Package",
	"Export Package", "Living Atlas Export Package", "Replication Package", "Data Package Collection", "App Bundle",
	"Service Definition", "Map Service Definition",
	// desktop
	"Map Document", "Globe Document", "Scene Document", "Published Map", "Explorer Map", "Explorer Layer", "Explorer Add In",
	"Layer", "Layer File", "Layer Template", "Layout", "Legend", "Map Template", "Project Template", "Pro Project", "Pro Report",
	"Pro Report Template", "Pro Presentation", "Task File", "Desktop Style", "CityEngine Web Scene", "City Engine Web Scene",
	"Raster function template", "Geoprocessing Sample", "Esri Classifier Definition", "Earth configuration",
	// programs
	"Code Attachment", "Code Sample", "Desktop Add In", "Desktop Application", "Desktop Application Template",
	"ArcGIS Pro Add In", "ArcGIS Pro Configuration", "Windows Viewer Add In", "Operations Dashboard Add In", "Survey123 Add In",
	"Native Application", "Native Application Installer", "Native Application Template", "Application SDK",
	"Viewer Configuration", "Form",
}
