from desktopchat.core.import_report import ImportReport
from desktopchat.core.sentence import Sentence
from desktopchat.core.transfer import Mended, Skipped, Taken

LINE = Sentence("line {number}", number=7)


def test_report_is_one_sentence_with_its_numbers() -> None:
    report = ImportReport()
    assert report.summary() == "Imported 0 conversations with 0 messages."
    report.add(Taken(1, 1_200, True))
    report.add(Taken(2, 0, False, is_deleted=True))
    report.note(Mended(LINE, Sentence("It was bent.")))
    report.note(Skipped(LINE, Sentence("It is torn.")))
    report.note(Skipped(LINE, Sentence("It is torn.")))
    assert report.summary() == (
        "Imported 1 conversation with 1,200 messages; 1 was already here; 1 of these is in the trash;"
        " 1 thing had to be mended; 2 records were skipped."
    )


def test_details_name_the_first_records_in_the_language_that_is_wanted() -> None:
    report = ImportReport()
    for _ in range(150):
        report.note(Skipped(LINE, Sentence("It is\ntorn.")))
    assert len(report.details()) == 101
    assert (report.details()[0], report.details()[-1]) == ("line 7: It is torn.", "and 50 more.")
    german = {"line {number}": "Zeile {number}", "and {count} more.": "und noch {count}."}
    details = report.details(lambda sentence: sentence.said(lambda text: german.get(text, text)))
    assert (details[0], details[-1]) == ("Zeile 7: It is torn.", "und noch 50.")
