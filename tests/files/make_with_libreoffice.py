"""Writes the spreadsheets of this folder with LibreOffice: workbooks of a writer that no Python library is.

Run by hand, with the system's Python (packages libreoffice-calc and python3-uno):
``/usr/bin/python3 tests/files/make_with_libreoffice.py``. Every person and number is invented.
"""

import contextlib
import datetime as dt
import os
import subprocess
import tempfile
import time
from pathlib import Path

import uno
from com.sun.star.beans import NamedValue, PropertyValue

HERE = Path(__file__).parent
FILTERS = {".xls": "MS Excel 97", ".ods": "calc8", ".xlsx": "Calc MS Excel 2007 XML"}
PASSWORD = "not-a-secret"
EPOCH = dt.datetime(1899, 12, 30)

HEADINGS = ["ລ/ດ", "ວັນທີ ແລະ ເວລາ", "ທິດທາງ", "ດ່ານ", "ປະເພດເອກະສານ", "ເລກທີເອກະສານ", "ສັນຊາດ", "ເພດ", "ວັນເດືອນປີເກີດ",
            "ປີເກີດ", "ຈຸດປະສົງ", "ປະເທດຕົ້ນທາງ/ປາຍທາງ", "ປະເພດວີຊາ", "ຈຳນວນມື້ພັກ"]  # fmt: skip
CROSSINGS = [
    ["ບັນຊີການເຂົ້າ-ອອກເມືອງ (SYNTHETIC)"],
    ["ປະຈຳເດືອນ ມີນາ 2026"],
    [],
    HEADINGS,
    ["໑", dt.datetime(2026, 3, 5, 10, 15), "ອອກ", "", "", "SYN0000101", "ລາວ", "ຍິງ", dt.date(1990, 5, 1), "", "", "ໄທ", "", "໓໐"],
    ["໒", "06/03/2026 08:30", "ເຂົ້າ", "", "", "SYN0000102", "ไทย", "ຊ", "", 1985, "", "ໄທ", "", 7],
    [],
    ["໓", dt.datetime(2026, 3, 31, 23, 59), "ເຂົ້າ", "", "", "SYN0000103", "ຫວຽດນາມ", "M", "໑໒/໐໙/1979", "", "", "ຫວຽດນາມ", "", "1໕"],
    ["ລວມ", 3],
    ["ໝາຍເຫດ: ຕົວເລກສົມມຸດ"],
]
POPULATION = [
    ["ພົນລະເມືອງ ຈຳແນກຕາມແຂວງ ພ.ສ. ໒໕໖໗ (SYNTHETIC)"],
    ["ແຂວງ", "ອາຍຸ 0-14", "", "ອາຍຸ 15-64", ""],
    ["", "ລວມ", "ໃນນັ້ນ ຍິງ", "ລວມ", "ໃນນັ້ນ ຍິງ"],
    ["", "(ພັນຄົນ)", "(ພັນຄົນ)", "(ພັນຄົນ)", "(ພັນຄົນ)"],
    ["ພາກເໜືອ", 60, 29, 121.5, 60.5],
    ["ຜົ້ງສາລີ", 60, 29, 121.5, 60.5],
    [],
    ["ພາກໃຕ້", 30, 14, 80.25, 40],
    ["ອັດຕະປື", 30, 14, 80.25, 40],
    ["ລວມທັງໝົດ", 90, 43, 201.75, 100.5],
    ["ແຫຼ່ງຂໍ້ມູນ: ຕົວເລກສົມມຸດ"],
]
LEGACY = [["®ñ§ó SYNTHETIC"], [], [], ["ì/©", "¸ñ−êó", "ê÷©ê¾¤", "À²©"], [1, "05/03/2026 10:15", "ºº¡", "¨ò¤"]]


def prop(name, value):
    made = PropertyValue()
    made.Name, made.Value = name, value
    return made


def secret(suffix):
    if suffix != ".xlsx":
        return prop("Password", PASSWORD)
    words = []
    for name, value in (("OOXPassword", PASSWORD), ("CryptoType", "Standard")):
        word = NamedValue()
        word.Name, word.Value = name, value
        words.append(word)
    return prop("EncryptionData", uno.Any("[]com.sun.star.beans.NamedValue", tuple(words)))


def fill(document, sheet, rows, merged=()):
    formats, locale = document.getNumberFormats(), uno.createUnoStruct("com.sun.star.lang.Locale")
    for at, row in enumerate(rows):
        for column, value in enumerate(row):
            cell = sheet.getCellByPosition(column, at)
            if isinstance(value, dt.date):
                moment = value if isinstance(value, dt.datetime) else dt.datetime.combine(value, dt.time())
                cell.setValue((moment - EPOCH) / dt.timedelta(days=1))
                shown = "DD/MM/YYYY HH:MM" if isinstance(value, dt.datetime) else "DD/MM/YYYY"
                key = formats.queryKey(shown, locale, False)
                cell.NumberFormat = key if key >= 0 else formats.addNew(shown, locale)
            elif isinstance(value, str):
                if value:
                    cell.setString(value)
            else:
                cell.setValue(value)
    for place in merged:
        sheet.getCellRangeByName(place).merge(True)


def write(desktop, name, sheets, suffixes, protected=False):
    document = desktop.loadComponentFromURL("private:factory/scalc", "_blank", 0, (prop("Hidden", True),))
    for at, (title, rows, merged) in enumerate(sheets):
        if at:
            document.Sheets.insertNewByName(title, at)
        else:
            document.Sheets.getByIndex(0).setName(title)
        fill(document, document.Sheets.getByIndex(at), rows, merged)
    for suffix in suffixes:
        options = (prop("FilterName", FILTERS[suffix]), *((secret(suffix),) if protected else ()))
        document.storeToURL((HERE / f"{name}{suffix}").as_uri(), options)
    document.close(True)


def main():
    pipe = f"files{os.getpid()}"
    with tempfile.TemporaryDirectory() as profile:
        office = subprocess.Popen(
            ["soffice", "--headless", "--norestore", f"--accept=pipe,name={pipe};urp;", f"-env:UserInstallation={Path(profile).as_uri()}"]
        )
        local = uno.getComponentContext()
        resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
        for _ in range(60):
            with contextlib.suppress(Exception):
                context = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
                break
            time.sleep(1)
        desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
        every = tuple(FILTERS)
        write(desktop, "crossings", [("ມີນາ", CROSSINGS, ["A1:N1"])], every)
        write(desktop, "protected", [("ມີນາ", CROSSINGS, [])], every, protected=True)
        write(desktop, "second_sheet", [("ໜ້າປົກ", [["ບົດລາຍງານ SYNTHETIC"]], []), ("ຂໍ້ມູນ ", CROSSINGS, [])], (".xls", ".ods"))
        write(desktop, "population", [("Sheet1", POPULATION, ["A1:E1", "B2:C2", "D2:E2", "A2:A3"])], (".xls", ".ods"))
        write(desktop, "legacy_font", [("Sheet1", LEGACY, [])], (".xls",))
        with contextlib.suppress(Exception):
            desktop.terminate()
        office.wait(30)


if __name__ == "__main__":
    main()
