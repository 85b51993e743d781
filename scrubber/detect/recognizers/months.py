"""The names of months as texts write them: in full, cut short, and inflected after a day.

From the Unicode CLDR's common locale data (Unicode-3.0), as facts.
"""

from __future__ import annotations

import regex

# Twelve months a line; forms of one month are parted by a slash.
_NAMES = """
January/Jan February/Feb March/Mar April/Apr May June/Jun July/Jul August/Aug September/Sept/Sep October/Oct November/Nov December/Dec
Januar/Jänner/Jan Februar/Feber/Feb März/Maerz/Mär/Mrz April/Apr Mai Juni/Jun Juli/Jul August/Aug September/Sep Oktober/Okt November/Nov Dezember/Dez
janvier/janv février/fevrier/févr/fév mars avril/avr mai juin juillet/juil août/aout septembre/sept octobre/oct novembre/nov décembre/decembre/déc
enero/ene febrero/feb marzo/mar abril/abr mayo/may junio/jun julio/jul agosto/ago septiembre/setiembre/sept/sep octubre/oct noviembre/nov diciembre/dic
gennaio/gen febbraio/feb marzo/mar aprile/apr maggio/mag giugno/giu luglio/lug agosto/ago settembre/sett/set ottobre/ott novembre/nov dicembre/dic
janeiro/jan fevereiro/fev março/marco/mar abril/abr maio/mai junho/jun julho/jul agosto/ago setembro/set outubro/out novembro/nov dezembro/dez
januari/jan februari/feb maart/mrt april/apr mei juni/jun juli/jul augustus/aug september/sep oktober/okt november/nov december/dec
stycznia/styczeń/styczniu lutego/luty/lutym marca/marzec/marcu kwietnia/kwiecień/kwietniu maja/maj/maju czerwca/czerwiec/czerwcu lipca/lipiec/lipcu sierpnia/sierpień/sierpniu września/wrzesień/wrześniu października/październik/październiku listopada/listopad/listopadzie grudnia/grudzień/grudniu
января/январь/январе/янв февраля/февраль/феврале/фев марта/март/марте апреля/апрель/апреле/апр мая/май/мае июня/июнь/июне июля/июль/июле августа/август/августе/авг сентября/сентябрь/сентябре/сент октября/октябрь/октябре/окт ноября/ноябрь/ноябре/нояб декабря/декабрь/декабре/дек
січня/січень/січні лютого/лютий/лютому березня/березень/березні квітня/квітень/квітні травня/травень/травні червня/червень/червні липня/липень/липні серпня/серпень/серпні вересня/вересень/вересні жовтня/жовтень/жовтні листопада/листопад/листопаді грудня/грудень/грудні
ianuarie/ian februarie/feb martie/mar aprilie/apr mai iunie/iun iulie/iul august/aug septembrie/sept octombrie/oct noiembrie/nov decembrie/dec
januari/jan februari/feb mars april/apr maj juni/jun juli/jul augusti/aug september/sep oktober/okt november/nov december/dec
januar/jan februar/feb marts/mars april/apr maj/mai juni/jun juli/jul august/aug september/sep oktober/okt november/nov december/desember/dec/des
tammikuuta/tammikuu/tammikuussa helmikuuta/helmikuu/helmikuussa maaliskuuta/maaliskuu/maaliskuussa huhtikuuta/huhtikuu/huhtikuussa toukokuuta/toukokuu/toukokuussa kesäkuuta/kesäkuu/kesäkuussa heinäkuuta/heinäkuu/heinäkuussa elokuuta/elokuu/elokuussa syyskuuta/syyskuu/syyskuussa lokakuuta/lokakuu/lokakuussa marraskuuta/marraskuu/marraskuussa joulukuuta/joulukuu/joulukuussa
ledna/leden/lednu února/únor/únoru března/březen/březnu dubna/duben/dubnu května/květen/květnu června/červen/červnu července/červenec/červenci srpna/srpen/srpnu září října/říjen/říjnu listopadu/listopad prosince/prosinec/prosinci
januára/január/januári februára/február/februári marca/marec/marci apríla/apríl/apríli mája/máj/máji júna/jún/júni júla/júl/júli augusta/august/auguste septembra/september/septembri októbra/október/októbri novembra/november/novembri decembra/december/decembri
január/jan február/febr március/márc április/ápr május/máj június/jún július/júl augusztus/aug szeptember/szept október/okt november/nov december/dec
siječnja/siječanj veljače/veljača ožujka/ožujak travnja/travanj svibnja/svibanj lipnja/lipanj srpnja/srpanj kolovoza/kolovoz rujna/rujan listopada/listopad studenoga/studeni prosinca/prosinac
януари/яну февруари/фев март/мар април/апр май юни юли август/авг септември/септ октомври/окт ноември/ноем декември/дек
Ιανουαρίου/Ιανουάριος/Ιανουάριο/Ιαν Φεβρουαρίου/Φεβρουάριος/Φεβρουάριο/Φεβ Μαρτίου/Μάρτιος/Μάρτιο/Μαρ Απριλίου/Απρίλιος/Απρίλιο/Απρ Μαΐου/Μάιος/Μάιο/Μαΐ Ιουνίου/Ιούνιος/Ιούνιο/Ιουν Ιουλίου/Ιούλιος/Ιούλιο/Ιουλ Αυγούστου/Αύγουστος/Αύγουστο/Αυγ Σεπτεμβρίου/Σεπτέμβριος/Σεπτέμβριο/Σεπ Οκτωβρίου/Οκτώβριος/Οκτώβριο/Οκτ Νοεμβρίου/Νοέμβριος/Νοέμβριο/Νοε Δεκεμβρίου/Δεκέμβριος/Δεκέμβριο/Δεκ
Ocak/Oca Şubat/Şub Mart/Mar Nisan/Nis Mayıs/May Haziran/Haz Temmuz/Tem Ağustos/Ağu Eylül/Eyl Ekim/Eki Kasım/Kas Aralık/Ara
Januari/Jan Februari/Feb Maret/Mar April/Apr Mei Juni/Jun Juli/Jul Agustus/Agu September/Sep Oktober/Okt November/Nov Desember/Des
يناير فبراير مارس أبريل/إبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر
ינואר פברואר מרץ אפריל מאי יוני יולי אוגוסט ספטמבר אוקטובר נובמבר דצמבר
जनवरी फ़रवरी/फरवरी मार्च अप्रैल मई जून जुलाई अगस्त सितंबर/सितम्बर अक्टूबर/अक्तूबर नवंबर/नवम्बर दिसंबर/दिसम्बर
มกราคม/ม.ค. กุมภาพันธ์/ก.พ. มีนาคม/มี.ค. เมษายน/เม.ย. พฤษภาคม/พ.ค. มิถุนายน/มิ.ย. กรกฎาคม/ก.ค. สิงหาคม/ส.ค. กันยายน/ก.ย. ตุลาคม/ต.ค. พฤศจิกายน/พ.ย. ธันวาคม/ธ.ค.
"""

# Words of English that are months too: in lower case only beside a day that stands before them.
_WORDS = frozenset("may march mar sun dec set gen mai maj mag out ago des mei nov nis".split())


def _forms() -> frozenset[str]:
    return frozenset(
        form for line in _NAMES.split("\n") for month in line.split() for form in month.split("/")
    )


def _alternation(forms: frozenset[str]) -> str:
    ordered = sorted(forms, key=lambda form: (-len(form), form))
    return "(?:" + "|".join(regex.escape(form) for form in ordered) + ")"


def _spellings(form: str) -> set[str]:
    return {form, form.lower(), form[:1].upper() + form[1:], form.upper()}


_ALL = frozenset(spelling for form in _forms() for spelling in _spellings(form))

MONTH = _alternation(_ALL)
"""A month in any case; for beside a day or a year."""

MONTH_NAME = _alternation(frozenset(form for form in _ALL if form not in _WORDS))
"""The same without what is a word of its own in lower case."""
