"""Words of headers in many languages: lower case, without accents, phrases without stop words.

English, German, French, Spanish, Portuguese, Italian, Dutch, and the most common words of some
other languages. Compiled by the developers from general knowledge.
"""

from __future__ import annotations

from collections.abc import Mapping


def _phrases(text: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(phrase.split()) for phrase in text.replace("\n", " ").split(","))


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


PHRASES: Mapping[str, tuple[tuple[str, ...], ...]] = {
    concept: _phrases(text)
    for concept, text in {
        "email": """email, e mail, mail, emailaddress, mailadresse, courriel, correo, correo
            electronico, courrier electronique, adresse electronique, email address, mail
            address, mail adresse, endereco email, indirizzo email, posta elettronica,
            emailadres, e mailadres, mailadres, pochta, почта, 邮箱, 电子邮件, メール""",
        "phone": """phone, telephone, tel, telefon, telefono, telefone, telefoon, mobile, mobil,
            mobile number, cell, cellphone, cell phone, celular, movil, handy, handynummer,
            cellulare, mobiel, gsm, portable, fax, faks, msisdn, phone number, telephone number,
            telefonnummer, rufnummer, telefoonnummer, tel number, whatsapp, numero telefono,
            numero telephone, numero telefone, contact number, call number, caller, ani,
            телефон, 电话, 手机, 電話""",
        "given_name": """first name, fname, firstname, first, given name, givenname, forename,
            prenom, nombre pila, vorname, rufname, nome proprio, voornaam, middle name, middle
            initial, middlename, mname, middle, imie, fornamn, имя, 名""",
        "family_name": """last name, lname, lastname, last, surname, sname, family name,
            familyname, maiden name, maiden, nachname, familienname, zuname, geburtsname,
            apellido, apellidos, primer apellido, segundo apellido, nom famille, nom naissance,
            cognome, sobrenome, apelido, achternaam, familienaam, nazwisko, efternamn, фамилия,
            姓, mother maiden name""",
        "affix": """prefix, suffix, salutation, honorific, anrede, civilite, namenszusatz, name
            title, name prefix, name suffix""",
        "full_name": """full name, fullname, person name, complete name, display name,
            displayname, patient name, customer name, contact name, real name, legal name,
            alias, aka, nickname, nombre completo, nombre apellidos, nom prenom, nom complet,
            vollname, nome completo, volledige naam, cardholder, card holder, account holder,
            name account, kontoinhaber, ansprechpartner, 姓名, 氏名, фио, signature name, next kin,
            owner name, username full""",
        "name": """name, names, nm, nombre, nom, nome, naam, namn, nazwa, название""",
        "user_name": """username, user name, login, login name, loginname, handle, screen name,
            screenname, user handle, benutzername, benutzer name, nombre usuario, nom
            utilisateur, identifiant, nome utente, nome usuario, gebruikersnaam, twitter,
            instagram, facebook, linkedin, skype, telegram, discord, github""",
        "street_address": """street address, street, street name, streetname, addr line, address
            line, addr, postal address, mailing address, home address, residential address,
            residence, strasse, strassenname, anschrift, adresse postale, rue, voie, calle,
            direccion, domicilio, domicile, endereco, logradouro, morada, rua, indirizzo, via,
            straat, straatnaam, adres, adresa, ulica, wohnort strasse, wohnadresse, po box,
            apartment, apt, address1, address2, 住所, 地址, адрес, улица""",
        "address": """address, adresse, addresse, adress""",
        "national_id": """national id, national identifier, national number, nin, nino, national
            insurance, national insurance number, identity number, identity card, id card,
            citizen id, civil id, personal id, personal number, personal identification, tax id,
            tax number, taxpayer, tin, itin, nif, nie, dni, cedula, curp, rfc, cuit, cuil, run,
            cpf, cnpj, rg, codice fiscale, partita iva, steuernummer, steuer id,
            steueridentifikation nummer, idnr, personalausweis, ausweisnummer, ausweis, bsn,
            burgerservicenummer, insee, nir, numero fiscal, pesel, personnummer, cpr, aadhaar,
            aadhar, pan number, pan card, sin, social insurance, tfn, abn, fiscal code, vat
            number, government id, voter id, voter""",
        "ssn": """ssn, ss number, ssno, social security, social security number, social, soc
            sec, socsec, soc sec number, socialsecuritynumber, sozialversicherung nummer,
            sozialversicherungsnummer, svnr, numero securite sociale, securite sociale,
            seguridad social, numero seguridad social""",
        "passport": """passport, passport number, passnummer, reisepass, passeport, pasaporte,
            passaporte, passaporto, paspoort, паспорт""",
        "driver_license": """driver license, drivers license, driver licence, drivers licence,
            driving license, driving licence, drivers, dl number, dlnumber, dln, license number,
            licence number, license, licence, fuhrerschein, fuehrerschein, permis conduire,
            licencia conducir, carnet conducir, cnh, carteira motorista, patente, rijbewijs,
            certificate number, medical license, npi, dea number, bar number""",
        "account": """account, account number, accountnumber, acct, acct number, bank account,
            bankaccount, routing number, aba, sort code, bic, swift, konto, kontonummer,
            kontonr, compte, numero compte, numero cuenta, cuenta, conta, numero conta, conto,
            numero conto, rekening, rekeningnummer, policy number, policy, beneficiary number,
            plan number, health plan number, insurance number, insurance policy,
            versicherungsnummer, loyalty number, membership number, subscriber number, wallet,
            wallet address, bitcoin address, crypto address, btc, eth address""",
        "iban": """iban""",
        "card": """credit card, creditcard, credit card number, card number, cardnumber, cc
            number, ccnumber, ccnum, cc, debit card, pan, kreditkarte, kreditkartennummer,
            kartennummer, carte credit, carte bancaire, numero carte, tarjeta, tarjeta credito,
            numero tarjeta, cartao, cartao credito, carta credito, creditcardnummer, cvv, cvc,
            card""",
        "medical_record": """mrn, medical record, medical record number, med rec, med rec
            number, medrec, chart number, nhs number, nhs, medicare number, medicare id,
            medicaid id, krankenversichertennummer, patientennummer, patienten nummer, numero
            dossier, historia clinica, hospital number, pid""",
        "key": """id, ids, identifier, uuid, guid, key, pk, fk, oid, rowid, record id, rec id,
            record number, rec number, index key, kennung, kennnummer, nummer, nr,
            identificador, identificativo, identificatie, number, no, num, numero, ref,
            reference, session id, sessionid, cookie, cookie id, visitor id, tracking id, client
            id, idfa, adid, gaid, advertising id, uid, usr, ssid, hash, kundennummer,
            klantnummer, numero client, matricule, matricula, matricola, personalnummer,
            employee number, staff number, badge, emp no, serial, case number, ticket number,
            order number, invoice number, tracking number, case no, docket""",
        "device": """device id, deviceid, device identifier, device serial, serial number,
            serialnumber, imei, imsi, iccid, meid, udi, udid, android id, seriennummer, numero
            serie, numero serial, machine id, hardware id, hwid, series uid, instance uid, study
            uid, fingerprint id, browser fingerprint""",
        "vehicle": """vin, vehicle id, vehicle identification number, vehicle number, license
            plate, licence plate, plate, plate number, number plate, registration number,
            kennzeichen, nummernschild, plaque, immatriculation, plaque immatriculation, placa,
            matricula coche, targa, kenteken, fahrgestellnummer""",
        "ip": """ip, ip address, ipaddress, ipaddr, ip addr, ipv4, ipv6, client ip, remote addr,
            remote ip, source ip, src ip, dst ip, host ip, ip adresse, adresse ip, direccion ip,
            indirizzo ip, endereco ip""",
        "mac": """mac, mac address, macaddress, mac addr, bssid, mac adresse, bluetooth address""",
        "url": """url, uri, website, web site, homepage, web, web address, webpage, link, href,
            referrer, referer, profile url, profile link, webseite, site web, sitio web, sito
            web, pagina web""",
        "biometric": """photo, picture, photograph, portrait, avatar url, image face, face, face
            image, face embedding, fingerprint, iris, retina, voice, voiceprint, voice print,
            biometric, biometrics, signature, dna, genome, lichtbild, foto, photo identite,
            unterschrift, firma""",
        "secret": """password, passwd, pwd, passwort, kennwort, mot passe, contrasena, clave,
            senha, wachtwoord, parola, pin, pin code, secret, api key, apikey, access key,
            access token, auth token, token, private key, security question, security answer,
            otp, password hash""",
        "birth_date": """birth date, birthdate, date birth, dateofbirth, dob, birthday, bday,
            born, birth, birth day, birth year, year birth, yob, birthyear, birth month, mob,
            geburtsdatum, geburtstag, geburtsjahr, geb datum, gebdat, gebdatum, date naissance,
            naissance, annee naissance, ddn, fecha nacimiento, nacimiento, fnac, data
            nascimento, nascimento, data nascita, nascita, geboortedatum, geboortejaar,
            fodelsedatum, data urodzenia, дата рождения, 生日, 出生日期, 生年月日""",
        "age": """age, alter, edad, idade, eta, leeftijd, age years, patient age, age group,
            agegroup, age range, age band, lebensalter, altersgruppe, tranche age, возраст, 年龄,
            年齢""",
        "sex": """sex, gender, geschlecht, sexe, genre, sexo, genero, sesso, genere, geslacht,
            gender identity, pronouns, пол, 性别, 性別""",
        "ethnicity": """race, ethnicity, ethnic, ethnic group, ethnic origin, ethnie, raza,
            etnia, raca, razza, ras, hispanic, latino, skin color, colour skin, mother tongue,
            caste, tribe, muttersprache, native language, langue maternelle, lengua materna""",
        "nationality": """nationality, citizenship, citizen, nationalitat, nationalitaet,
            staatsangehorigkeit, staatsangehoerigkeit, nationalite, nacionalidad, nacionalidade,
            nazionalita, cittadinanza, nationaliteit, native country, country birth, birth
            country, immigration status, visa status, visa""",
        "marital": """marital, marital status, married, marriage, civil status, familienstand,
            etat civil, situation familiale, situation matrimoniale, estado civil, stato civile,
            burgerlijke staat, relationship status""",
        "birth_place": """birthplace, birth place, place birth, birth city, geburtsort, lieu
            naissance, lugar nacimiento, local nascimento, naturalidade, luogo nascita,
            geboorteplaats""",
        "city": """city, town, suburb, village, municipality, locality, stadt, ort, wohnort,
            gemeinde, ville, commune, localite, ciudad, municipio, localidad, poblacion, cidade,
            citta, comune, localita, stad, woonplaats, plaats, gemeente, miasto, hometown, home
            town, city name, town name, город, 城市, 市""",
        "county": """county, district, borough, parish, ward, neighborhood, neighbourhood,
            landkreis, kreis, bezirk, stadtteil, quartier, arrondissement, barrio, bairro,
            quartiere, distrito, comarca, wijk, buurt, census tract, tract, block group,
            precinct, census block, fips""",
        "state": """state, province, region, state code, state province, bundesland,
            departement, estado, provincia, comunidad autonoma, regione, regio, provincie, uf,
            kanton, canton, state name, prefecture, oblast, область""",
        "country": """country, country code, country name, land, pays, pais, paese, nation,
            country residence, staat, страна, 国家, 国""",
        "postal_code": """zip, zip code, zipcode, zip5, zip4, postal code, postalcode, post
            code, postcode, postal, plz, postleitzahl, code postal, cp, codigo postal, cep, cap,
            codice postale, codice avviamento postale, postcodes, eircode, pincode, pin number
            postal, индекс, 邮编, 郵便番号""",
        "house_number": """house number, housenumber, house no, street number, streetnumber,
            street no, hausnummer, haus nr, hausnr, numero rue, numero civico, huisnummer,
            building number, unit number, flat number, apartment number, numero casa""",
        "coordinates": """latitude, longitude, lat, lon, lng, long, latlon, lat lon, lat lng,
            latlng, gps, coordinates, coordinate, coords, geo, geolocation, geo location,
            geopoint, breitengrad, langengrad, laengengrad, latitud, longitud, latitudine,
            longitudine, breedtegraad, lengtegraad, geohash, gps position, x coord, y coord,
            easting, northing""",
        "place": """location, place, standort, lieu, lugar, luogo, locatie, site location,
            venue, workplace, office location, area""",
        "education": """education, education level, educational level, educational attainment,
            degree, schooling, school level, bildung, bildungsabschluss, schulabschluss,
            abschluss, diplome, niveau etude, niveau etudes, educacion, estudios, nivel
            estudios, escolaridade, istruzione, titolo studio, opleiding, major, gpa,
            university, school, college""",
        "occupation": """occupation, job, job title, profession, position, employment,
            workclass, work class, beruf, tatigkeit, taetigkeit, metier, emploi, ocupacion,
            profesion, puesto, trabajo, profissao, ocupacao, cargo, professione, lavoro,
            occupazione, beroep, functie, role title, employment status, industry, department
            name, rank title, speciality, specialty, military""",
        "organization": """organization, organisation, company, employer, firm, company name,
            employer name, business name, org, org name, unternehmen, firmenname, arbeitgeber,
            entreprise, societe, employeur, empresa, empleador, empregador, azienda, societa,
            datore lavoro, bedrijf, werkgever, hospital, clinic, facility, bank name, bank,
            insurer, insurance company, payer, payor, practice, krankenhaus, hopital, agency,
            institution, merchant, vendor, supplier""",
        "body": """height, weight, body height, body weight, grosse, korpergrosse,
            koerpergroesse, gewicht, korpergewicht, taille, poids, altura, peso, estatura,
            altezza, lengte, shoe size, hair color, eye color, eye colour, hair colour, blood
            type, blood group, blutgruppe""",
        "family": """children, number children, num children, kids, dependents, dependants,
            household size, family size, kinder, anzahl kinder, enfants, nombre enfants, hijos,
            filhos, figli, kinderen, siblings, parity""",
        "death_date": """death date, deathdate, date death, dod, died, deceased date,
            todesdatum, sterbedatum, date deces, fecha defuncion, fecha muerte, data obito, data
            morte, overlijdensdatum, death""",
        "date": """date, datetime, timestamp, datum, uhrzeit, zeitpunkt, fecha, dates, created
            at, updated at, дата, 日期, 日付""",
        "moment": """time, ts, day, zeit, heure, hora, ora, tijd, jour, giorno, dia, year, jahr,
            annee, ano, anno, jaar, month, monat, mois, mes, mese, maand, week, at, start, stop,
            end, begin, created, updated, modified, opened, closed, visit, last visit, next
            visit, admission, admitted, discharge, discharged, expiry, expires, expiration, last
            login, joined, registered, signup, signed up, since, until""",
        "health": """diagnosis, diagnoses, diagnose, diagnosi, diagnostic, diagnostico, disease,
            illness, condition, medical condition, symptom, symptoms, medication, medications,
            medicine, drug, prescription, treatment, therapy, procedure, allergy, allergies,
            disability, hiv, hiv status, pregnancy, pregnant, heart rate, pulse, blood pressure,
            systolic, diastolic, bmi, glucose, cholesterol, icd, icd10, icd9, icd code, lab
            result, test result, krankheit, medikament, behandlung, maladie, traitement,
            medicament, enfermedad, tratamiento, medicamento, doenca, tratamento, malattia,
            terapia, farmaco, ziekte, behandeling, medicatie, smoker, smoking, alcohol, mental
            health, vaccination, immunization, cause death, reaction, severity, comorbidity,
            oxygen, respiratory, temperature body, insulin, tumor, cancer, stage, contraceptive,
            exam result, pain""",
        "belief": """religion, religious, faith, belief, denomination, konfession, glaube,
            croyance, religione, religiao, godsdienst, political, politics, political party,
            party affiliation, political view, union, union member, trade union, union
            membership, gewerkschaft, syndicat""",
        "intimate": """sexual orientation, sexuality, orientation, sex life, criminal, criminal
            record, conviction, convictions, offense, offence, arrest, crime, felony, vorstrafe,
            casier judiciaire, antecedentes""",
        "income": """income, salary, wage, wages, pay, earnings, annual income, median income,
            salary class, net worth, wealth, credit score, creditscore, fico, debt, loan, loan
            amount, mortgage, balance, account balance, savings, assets, gehalt, einkommen,
            lohn, salaire, revenu, salario, ingresos, renda, salario mensual, stipendio,
            reddito, salaris, inkomen, expenses, healthcare expenses, healthcare coverage,
            bonus, pension""",
        "text": """text, note, notes, comment, comments, description, desc, message, messages,
            msg, body, subject, subject line, content, contents, review, reviews, feedback,
            summary, remark, remarks, detail, details, memo, bio, biography, about, narrative,
            transcript, utterance, question, answer, prompt, response, completion, instruction,
            chat, conversation, dialogue, dialog, email body, mail body, abstract, article,
            document, report, findings, history, observation, observations, reason, complaint,
            chief complaint, opinion, post, tweet, caption, tagline, essay, letter, statement,
            objective, anamnese, bemerkung, bemerkungen, kommentar, nachricht, beschreibung,
            notiz, notizen, betreff, inhalt, befund, anmerkung, remarque, remarques,
            commentaire, commentaires, objet, contenu, texte, observacion, observaciones,
            comentario, comentarios, nota, notas, mensaje, asunto, descripcion, texto, mensagem,
            assunto, descricao, conteudo, commento, commenti, messaggio, oggetto, descrizione,
            testo, opmerking, opmerkingen, bericht, onderwerp, omschrijving, notitie, notities,
            clinical notes, doctor notes, comentarii, 备注, 备考, комментарий, 内容""",
        "measure": """count, cnt, total, sum, amount, amt, qty, quantity, price, cost, fee,
            charge, rate, ratio, percent, percentage, pct, avg, average, mean, median, min, max,
            std, variance, score, points, rating, size, length, len, width, depth, duration,
            minutes, seconds, hours, days, months, years, distance, speed, volume, area size,
            temperature, value, val, revenue, utilization, spent, spend, sales, tax, discount,
            index, rank, level, margin, anzahl, menge, preis, betrag, summe, dauer, kosten,
            montant, prix, quantite, nombre total, cantidad, precio, importe, monto, valor,
            quantidade, preco, importo, prezzo, quantita, costo, aantal, prijs, bedrag,
            coverage, premium, population, households, rooms, bedrooms, bathrooms, units,
            balance count, covered, uncovered, outstanding, latency, steps, clicks, views,
            visits, impressions, sessions, tokens, probability, prob, weight factor, logit,
            loss, accuracy, interest, quantile, percentile""",
        "category": """type, typ, types, kind, category, cat, class, status, stage name, group,
            tag, tags, label, flag, code, codes, system, format, mode, channel, method,
            currency, unit, severity code, priority, version, segment, tier, plan, level name,
            source, lang, language, locale, timezone, role, state machine, valid, active,
            enabled, deleted, verified, consent, opt in, optin, opted in, subscribed, gdpr, art,
            sprache, statut, etat, estado pedido, tipo, clase, categoria, categorie, kategorie,
            waehrung, wahrung, devise, moneda, moeda, valuta, langue, idioma, lingua, taal,
            soort, avatar, color, colour, farbe, couleur, cor, colore, kleur, churn, churned,
            target, outcome, split, fold, proximity, platform, browser, os, model, brand, make,
            ownership, modality, specialization code, transaction type, event type, payment
            method, gender code system""",
        "thing": """product, product name, item, item name, sku, asin, isbn, ean, upc, gtin,
            brand name, file name, filename, file, filepath, path, folder, table name, column
            name, field name, event name, event, project, project name, task, task name,
            campaign, campaign name, page, page title, title, book, movie, song, artist, album,
            genre music, artikel, produkt, produit, producto, produto, prodotto, artikelnummer,
            article number, model number, part number, product id, product code, item id,
            category id, drug name, course, course name, team, variable, feature, host name,
            hostname, domain, domain name, user agent, useragent, app, app name, asset, stock,
            ticker, symbol, department, department id, currency code, language code, warehouse,
            store, store id, station, sensor, route, menu, dish, recipe, show""",
    }.items()
}

PERSONS = _words(
    """customer customers client clients user users patient patients member members
    person persons people employee employees emp staff contact owner guest student
    pupil applicant candidate buyer seller author sender recipient receiver provider
    providers doctor physician nurse clinician guardian parent mother father spouse
    husband wife child partner beneficiary subscriber holder insured agent driver
    tenant landlord visitor passenger participant respondent borrower creditor debtor
    donor voter citizen resident individual subject victim suspect witness teacher
    manager supervisor lawyer attorney judge reviewer editor assignee reporter
    requester attendee caller speaker encounter appointment claim account kunde kunden
    kundin nutzer benutzer patienten mitglied mitarbeiter versicherter arzt schuler
    inhaber empfanger absender usager utilisateur adherent salarie titulaire medecin
    eleve abonne cliente usuario paciente empleado miembro titular medico alumno
    utente paziente dipendente socio medewerker klant gebruiker lid eigenaar leerling
    arts usuaria funcionario aluno"""
)
"""Words for subjects of a column; alone, such a word means the person or its key."""

FILLERS = _words(
    """home work private personal business office primary secondary main alternate alt
    other billing bill shipping ship mailing delivery emergency current old new my raw
    orig original clean cleaned full complete field col column data info str txt
    string int varchar value val nbr extra next prev previous preferred reply to from
    sent by x y z a b c der die das den dem des de du la le les el los las lo il i gli
    do da dos das di della del dello van het een of the and et und y e en en1 line
    principal secundario haupt privat geschaeftlich geschaftlich dienstlich permanent
    temporary temp residential registered self default in for is has referring
    supervising attending performing insurance"""
)
"""Words that do not change the meaning of a header."""

QUALIFIERS = _words(
    """count cnt type typ kind flag verified valid confirmed status length len format
    domain opt optin consent preference preferences preferred enabled active allowed
    rank score rate ratio percent pct avg mean median total sum version language lang
    label color quality exists present missing null changed provided known hashed
    available required tipo statut verifie anzahl similarity match matched distance
    deliverable bounced subscribed subscription reminder reminders campaign template
    sentiment category class code group proximity"""
)
"""Words that turn their neighbor into a harmless property: ``email_verified``."""
