"""Words that are no names: ordinary ones in small letters, and those of forms and letters.

The first are a list made by ``training.words`` from sentences in the public domain, of 36 languages
whose script has capitals. The second are written down here: what stands before a value in forms,
court papers, contracts and clinical letters, and how letters begin and end.
"""

from __future__ import annotations

import gzip
import zlib
from functools import cache
from pathlib import Path

from scrubber.errors import NotAvailable

FILE = Path(__file__).parent / "ordinary.txt.gz"

_FORMS = """
karta neurologia cardiologia chirurgia neurologia cardiología neurología cirugía cardiologie neurologie chirurgie kardiologie
name names surname address addresses telephone regarding
insurance licence license certificate login username password
diagnosis recommendations discharge claimant defendant plaintiff undersigned
connection headers header authorization provider hereby
aadhaar aadhar kimlik teudat zehut iqama
api-token rnokpp inn snils ogrn p.iva
indirizzo oggetto contratto egregio egregi signor signora signore signori dottore dottoressa
avvocato cordiali distinti saluti
diagnosi anamnesi indicazioni reparto telefono cellulare nascita residenza residente pratica
sottoscritto sottoscritta dichiaro
dichiara dichiarazione dichiarazioni mendaci sanzioni paziente medico curante ospedaliera
dimissione lettera identificativo
codice fiscale partita parti contraenti corrispettivo durata firma luogo data nato nata ricorrente
resistente sentenza tribunale
appello ricorso attore convenuto stato ricoverato ricoverata sede legale rappresentante buongiorno
buonasera ciao salve
zamieszkania zalecenia rozpoznanie zasadnicze lekarz prowadzący prowadząca rachunek umowa
świadczenie świadczeniu usług usługi
oświadczenie oświadczam oświadczeń zgodnie poważaniem szanowny szanowna szanowni pani państwo
informacyjna oddział
chirurgii ogólnej chorób wewnętrznych neurologii kardiologii zamieszkały zamieszkała zamieszkałą
adres adresem adresu niżej
podpisany podpisana legitymujący legitymująca dowodem osobistym sprawa sprawy sprawie dotyczy
pacjent pacjentka szpital
wypis leczenia urodzenia wystawienia podpis reprezentowany reprezentowana wynagrodzenie przedmiot
strony zleceniodawca
zleceniobiorca sygnatura akt wyrok sąd rejonowy okręgowy powód pozwany proszę dzwonić cześć witam
dzień pozdrawiam
eksemplarer tjenesteydelser læge hoveddiagnose anbefalinger udskrivningsbrev epikrise fødselsdato
ansvarlig sag
sagsnummer bopælsadresse adresse adressen cvr-nummer cpr-nummer vedr vedrørende medicinsk
kirurgisk kardiologisk neurologisk
afdeling kære hilsen venlig venlige med bosat repræsenteret underskrevne erklærer erklæring
kontrakt aftale parter patient
patienten sygehus telefon mobil underskrift honorar varighed sagsøger sagsøgte retten hej
anschrift betreff betrifft vertrag dienstvertrag geehrte geehrter geehrten damen herren herr frau
hallo grüßen grüße
freundlichen diagnose anamnese empfehlungen abteilung entlassungsbrief arztbrief geburtsdatum
geboren wohnhaft
unterzeichnete unterzeichneter unterzeichner erkläre erklärung eidesstattliche patientin klinik
krankenhaus arzt ärztin
behandelnder behandelnde aktenzeichen geschäftszeichen kläger klägerin beklagte beklagter urteil
beschluss gericht amtsgericht
landgericht vertreten vertragsparteien auftraggeber auftragnehmer vergütung laufzeit unterschrift
datum ahv-nummer
steuernummer steueridentifikationsnummer sozialversicherungsnummer personalausweis
personalausweisnummer zurück
objet contrat prestation prestations monsieur madame mesdames messieurs cordialement salutations
distinguées agréer
bonjour bonsoir salut diagnostic antécédents recommandations sortie compte rendu hospitalisation
né née demeurant
domicilié domiciliée soussigné soussignée déclare déclaration honneur patiente médecin traitant
hôpital dossier requérant
requérante demandeur demanderesse défendeur jugement arrêt tribunal représentée représenté parties
prix durée
rappelle-moi rappelez-moi
dirección domicilio asunto contrato prestación servicios estimado estimada estimados señor señora
señores atentamente saludos
saludo cordial hola diagnóstico antecedentes recomendaciones servicio informe clínico nacido
nacida fecha nacimiento
domiciliado domiciliada abajo firmante declaro declara declaración jurada paciente médico teléfono
correo
móvil expediente demandante demandado sentencia juzgado audiencia recurso representada
representado partes honorarios plazo
datos nombre apellidos edad sexo episodio especialidad remitido llámame buen buenos
buenas días tardes
endereço morada assunto prestação serviços prezado prezada prezados exmo exma senhor senhora
atenciosamente cumprimentos
olá recomendações serviço relatório nascido nascida declaração
utente médica telefone telemóvel processo requerente requerido autor réu acórdão
honorários prazo assinatura local nome profissão nacionalidade bom boa tarde tchau
betreft overeenkomst dienstverlening geachte mijnheer meneer mevrouw heer heren hoogachtend groet
groeten
vriendelijke aanbevelingen ontslagbrief geboortedatum wonende woonachtig ondergetekende
verklaart verklaring patiënt patiënte ziekenhuis behandelend telefoon mobiel zaak zaaknummer
verzoeker gedaagde
vonnis rechtbank vertegenwoordigd partijen vergoeding duur handtekening plaats
adress ärende ärendenummer avtal tjänster bästa fru hälsning hälsningar vänliga vänlig diagnos
anamnes
rekommendationer avdelning utskrivning epikris född födelsedatum bosatt undertecknad intygar
försäkrar läkare sjukhus
målnummer sökande kärande svarande domstol tingsrätt företrädd ersättning
personnummer organisationsnummer samordningsnummer
saksnummer avtale kjære vennlig avdeling født fødselsnummer
undertegnede pasient pasienten sykehus saksøker saksøkte tingrett partene
signatur
osoite asianumero sopimus palvelusopimus hyvä arvoisa herra rouva terveisin ystävällisin
kunnioittaen hei diagnoosi
esitiedot suositukset osasto yksikkö loppuarvio epikriisi syntynyt syntymäaika asuva
allekirjoittanut vakuutan vakuutus potilas
lääkäri hoitava sairaala puhelin puhelinnumero diaarinumero kantaja vastaaja tuomio oikeus
käräjäoikeus edustaja osapuolet
palkkio kesto allekirjoitus paikka päiväys henkilötunnus y-tunnus
adresa věc smlouva služeb vážený vážená vážení paní pozdravem ahoj diagnóza anamnéza doporučení
oddělení
propouštěcí zpráva narozen narozena narození bytem bydliště níže podepsaný podepsaná prohlašuji
prohlášení pacient pacientka
lékař ošetřující nemocnice značka spisová žalobce žalovaný rozsudek soud zastoupená zastoupený
strany odměna
rodné číslo
vec zmluva služieb pozdravom odporúčania oddelenie
prepúšťacia správa narodený narodená narodenia bydlisko podpísaný podpísaná vyhlasujem vyhlásenie
lekár
ošetrujúci nemocnica telefón žalobca rozsudok zastúpená zastúpený odmena miesto dátum
cím lakcím tárgy szerződés megbízási tisztelt hölgyem úr asszony üdvözlettel szia helló napot
diagnózis kórelőzmény
javaslat javaslatok osztály zárójelentés született születési lakik lakos alulírott kijelentem
nyilatkozat nyilatkozom beteg
páciens orvos kezelőorvos kórház ügyszám felperes alperes ítélet bíróság képviseli felek díj
aláírás kelt
adóazonosító személyi szám
obiect prestări servicii stimate stimată stimați domnul doamna domnule doamnă stimă bună ziua
antecedente recomandări secția bilet externare născut născută nașterii domiciliat domiciliată
subsemnatul subsemnata declar
declarație pacientul pacienta medic curant spital dosar reclamant reclamanta pârât pârâtă hotărâre
sentința tribunalul judecătoria reprezentată reprezentat părți preț semnătura locul internat
internată
адрес предмет договор относно уважаеми уважаема господин госпожа поздрави здравейте диагноза
анамнеза препоръки отделение епикриза
роден родена раждане живущ долуподписаният долуподписаната декларирам декларация пациент лекар
болница телефон дело ищец ответник
решение съд представлявана страни срок подпис място дата
διεύθυνση θέμα σύμβαση υπηρεσιών αξιότιμε αξιότιμη κύριε κύριος κυρία χαιρετισμούς εκτίμηση γεια
διάγνωση ιστορικό συστάσεις
τμήμα κλινική ενημερωτικό σημείωμα γεννήθηκε γεννηθείς γέννησης κάτοικος υπογεγραμμένος δηλώνω
δήλωση ασθενής ιατρός νοσοκομείο
τηλέφωνο κινητό υπόθεση ενάγων εναγόμενος απόφαση δικαστήριο υπογραφή τόπος ημερομηνία
predmet ugovor uslugama poštovani poštovana gospodin gospođa gospodine gospođo pozdrav poštovanjem
dijagnoza anamneza
preporuke odjel otpusno pismo rođen rođena rođenja prebivalište potpisani potpisana izjavljujem
izjava pacijent liječnik
bolnica tužitelj tuženik presuda zastupan stranke naknada potpis mjesto naslov zadeva pogodba
spoštovani
spoštovana gospod gospa diagnoza priporočila oddelek odpustno rojen rojena rojstva prebivališče
podpisani izjavljam
zdravnik bolnišnica toženec tožnik sodba sodišče
aadress leping lugupeetud härra proua lugupidamisega diagnoos soovitused osakond sündinud sünniaeg
elukoht allakirjutanu
kinnitan avaldus patsient arst haigla kohtuasi hageja kostja otsus kohus allkiri koht kuupäev
isikukood
adrese līgums cienījamais cienījamā kungs kundze cieņu sveiki diagnoze ieteikumi nodaļa dzimis
dzimusi dzīvesvieta parakstījies
apliecinu pacients ārsts slimnīca tālrunis lieta prasītājs atbildētājs spriedums tiesa paraksts
vieta datums
adresas sutartis gerbiamas gerbiama ponas ponia pagarba diagnozė rekomendacijos skyrius gimęs
gimusi gimimo gyvenantis
pasirašęs patvirtinu pacientas gydytojas ligoninė telefonas byla ieškovas atsakovas sprendimas
teismas parašas
konu sözleşme hizmet sayın saygılarımla bey hanım merhaba tanı teşhis öneriler bölüm servis
epikriz doğum doğumlu
tarihi ikamet imzası beyan hasta hekim doktor hastane cep dava davacı davalı karar mahkeme
mahkemesi taraflar imza tarih
тема уважаемый уважаемая уважаемые уважением здравствуйте привет диагноз анамнез рекомендации
выписка эпикриз рождения родился родилась проживающий проживающая нижеподписавшийся заявляю
заявление пациентка
врач лечащий больница мобильный истец ответчик суд представитель стороны подпись место паспорт

адреса договір шановний шановна шановні пане пані повагою вітаю привіт діагноз рекомендації
відділення виписка народження
народився народилася мешкає підписаний заява пацієнт пацієнтка лікар лікарня справа позивач
відповідач рішення
сторони підпис місце зв'язатися зв’язатися передзвони передзвоніть мені
địa chỉ bệnh nhân ngày sinh nhập viện kính gửi chào hợp điện thoại số gọi lại mình tôi
alamat nama pasien tanggal lahir dokter kirim surat yth hormat telepon nomor perihal kontrak
עברית כתובת טלפון נייד שם תאריך לידה תעודת זהות מספר מטופל מטופלת רופא בית חולים שלום רב לכבוד
בברכה חתימה נא
العنوان عنوان الاسم تاريخ الميلاد رقم الهوية الهاتف هاتف المريض المريضة الطبيب المستشفى السيد
السيدة تحية وبعد التوقيع عقد الموضوع أو
पता नाम फ़ोन फोन मोबाइल जन्म तिथि रोगी मरीज़ डॉक्टर अस्पताल श्री श्रीमती नमस्ते हस्ताक्षर विषय
住所 氏名 名前 電話 携帯 生年月日 患者 医師 病院 件名 拝啓 敬具 署名 地址 姓名 电话 手机 出生日期 病人 医生 医院 你好 您好 签名 主题 身份证号 身份证
주소 이름 성명 전화 휴대폰 생년월일 환자 의사 병원 안녕 안녕하세요 서명 제목 주민등록번호 외국인등록번호
"""


# Names, too: they count in small letters, or before a colon.
_ALSO_NAMES = """
ctx cfg req env repo auth config params args kwargs stdin stdout stderr init impl util utils json yaml url uri http
eller delle sua ja
alta asi case cho xin date department file fait den deň dom dot sagen sak tak numbers number
national service station string annex karta mål bot lugar lieu ort místo hely sud súd uram cour
corte arts nascimento dobry dobrý pan pán salam selam gentile dato ward report summary website
subject statement token account invoice mail fax email phone contract sted kraj lege arrest conn
curl ruf mich bytom labas passport signature hospital
"""
# These count in capitals.
_ACRONYMS = """
npi nhs ssn ein itin tin sin nino utr dni nie nif cif nuss cpf cnpj rg pis pesel nip regon krs cnp
cui bsn cpr cvr ahv avs svnr idnr hetu nric fin uen gstin uidai nik npwp cccd cmnd rut run cuit
cuil curp rfc nss ruc nit tckn vkn iban bic swift iccid imei imsi mrn dob jdbc инн снилс рнокпп
oib jmbg emšo egn егн еик iva afm amka αφμ αμκα
"""


@cache
def form_words() -> frozenset[str]:
    """Words of forms and letters, folded; no name in any case."""
    return frozenset(word.casefold() for word in _FORMS.split())


@cache
def words_also_names() -> frozenset[str]:
    """The same, of which some are called; no name in small letters or before a colon."""
    return frozenset(word.casefold() for word in _ALSO_NAMES.split())


@cache
def acronyms() -> frozenset[str]:
    """Acronyms of numbers, in capitals."""
    return frozenset(word.upper() for word in _ACRONYMS.split())


@cache
def ordinary_words() -> frozenset[str]:
    """Ordinary words of 36 languages, folded; no name where they are written small.

    Raises: NotAvailable ``words-broken`` if the list of this installation cannot be read.
    """
    try:
        return frozenset(gzip.decompress(FILE.read_bytes()).decode().split("\n"))
    except (OSError, EOFError, ValueError, zlib.error):
        raise NotAvailable(
            "words-broken",
            "the list of ordinary words of this installation cannot be read",
            hint="its file was changed; install scrubber again",
        ) from None
