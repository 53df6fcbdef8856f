"""The formats in which a list can be had as a file."""

from collections.abc import Mapping

from services.sheets.csv_file import CsvFile
from services.sheets.geojson_file import GeoJsonFile
from services.sheets.xlsx_file import XlsxFile

FILES: Mapping[str, type[CsvFile | XlsxFile | GeoJsonFile]] = {
    "csv": CsvFile,
    "xlsx": XlsxFile,
    "geojson": GeoJsonFile,
}
