"""Names of fields of many kinds of data sets, as people write them: none of them is a value."""

_WRITTEN = """
snake: first_name | last_name | full_name | email | phone_number | date_of_birth | created_at | updated_at | is_active | zip_code | user_id | account_type | credit_card_number | ssn | ip_address | mac_address
camel: firstName | lastName | dateOfBirth | streetAddress2 | ipAddress | userId | NumberOfTimes90DaysLate | NumberOfTime30-59DaysPastDueNotWorse | SeriousDlqin2yrs | DebtRatio | MonthlyIncome | EDUCATION | PAY_0 | PAY_2 | BILL_AMT1 | PAY_AMT6 | default.payment.next.month
titanic: PassengerId | Survived | Pclass | Name | Sex | Age | SibSp | Parch | Ticket | Fare | Cabin | Embarked
ames: MSSubClass | MSZoning | LotFrontage | 1stFlrSF | 2ndFlrSF | 3SsnPorch | BsmtFinSF1 | GarageYrBlt | YrSold | SalePrice
years2: Country Name | Country Code | Indicator Name | 2010 | 2015 | 2019 | 2020
two years: region | 2010 | 2020
quarters: Q1 | Q2 | Q3 | Q4 | 2019Q1 | 2019-Q2 | FY2020 | FY20/21
months: 2019-01 | 2019-02 | Jan-20 | Feb 2020 | January | February | March | April | May | June | July | August
icd: E11.9 | I10 | J45.909 | Z79.4 | F32.9 | M54.5 | N18.3 | C50.911
icd9: 250.00 | 401.9 | 272.4 | V45.81
loinc: 2345-7 | 17861-6 | 718-7 | 4548-4
one-hot: color_red | color_blue | sex_F | sex_M | state_CA | state_NY | city_Paris | city_Sydney | race_Asian-Pac-Islander | day_Mon
states: Alabama | Alaska | Arizona | California | Georgia | Maryland | Montana | Nevada | New York | Virginia | Washington | West Virginia | North Carolina
cities: Virginia Beach | San Jose | San Diego | Santa Ana | St. Louis | New York | Carson City | San Juan | Charlotte | Jackson | Florence | Los Angeles | Fort Wayne | Sioux Falls | Paris | Sydney | Milan | Santa Clara | San Antonio
countries: Chad | Jordan | Israel | Georgia | France | Mali | Cuba | Peru | Kenya | Malta | Oman | India | China | Japan
genes: ENSG00000141510 | ENSG00000012048.23 | ENSMUSG00000059552 | TP53 | BRCA1 | BRCA2 | HLA-A | IL6 | LOC100287102 | C9orf72
snps: rs429358 | rs7412 | rs1801133 | rs1234567890
probes: cg00000029 | cg27665659 | 1007_s_at | 200000_s_at | AFFX-BioB-5_at
acs: GEOID | B01001_001E | B19013_001M | DP05_0001PE | S1701_C03_001E
anes: V161001 | V162034a | V201507x
nls: R0000100 | R0173600 | T3604500
ukb: eid | f.20002.0.0 | 20002-0.0 | 21022-0.0 | f.34.0.0
nhanes: SEQN | RIDAGEYR | LBXSATSI | BPXSY1 | DMDEDUC2
brfss: _STATE | SEXVAR | _AGEG5YR | GENHLTH | PHYSHLTH | X_BMI5CAT
gss: YEAR | ID | AGE | EDUC | PARTYID | POLVIEWS
survey: How satisfied are you with our service? | Q1. What is your age group? | Q12_3: Would you recommend us to a friend or colleague (0-10)? | Please describe, in your own words, what could be improved | I feel valued at work [Strongly disagree - Strongly agree] | Timestamp | What is your household income before tax? ($25,000-$49,999)
kaggle survey: Q7_Part_1 | Q7_OTHER_TEXT | Time from Start to Finish (seconds) | What programming languages do you use on a regular basis? (Select all that apply) - Selected Choice - Python
likert: Strongly agree | Agree | Neither agree nor disagree | Disagree | Strongly disagree
income: Less than $10,000 | $10,000 to $14,999 | $15,000-$24,999 | 25000-34999 | $150,000 to $199,999 | $200,000 or more | 10,000 – 14,999
ages: 0-4 | 5-9 | 10-14 | 85+ | Under 18 | 18 to 24 | 65 and over
pop: pop_0_4 | pop_5_9 | rate_2015_2016_2017 | chg_2010_2020 | pct_2019.1
german: Vorname | Nachname | Geburtsdatum | Straße | PLZ | Größe | Kündigungsgrund | Umsatz 2019
french: Prénom | Nom de famille | Date de naissance | Numéro de sécurité sociale | Code postal
spanish: nombre | apellido paterno | apellido materno | fecha_nacimiento | año | código postal
portuguese: CPF | endereço | município | situação
russian: Имя | Фамилия | Дата рождения | Возраст
chinese: 姓名 | 年龄 | 出生日期 | 地址 | 电话号码
arabic: الاسم | العمر
japanese: 氏名 | 生年月日 | 住所
hindi: नाम | आयु
iris: sepal length (cm) | sepal width (cm) | petal length (cm) | petal width (cm) | species
iris2: Sepal.Length | Petal.Width | Species
flowers: daisy | rose | lily | iris | tulip
wine: fixed acidity | volatile acidity | citric acid | pH | alcohol | quality
boston: CRIM | ZN | INDUS | CHAS | NOX | RM | AGE | DIS | RAD | TAX | PTRATIO | B | LSTAT | MEDV
mtcars: mpg | cyl | disp | hp | drat | wt | qsec | vs | am | gear | carb
diamonds: carat | cut | color | clarity | depth | table | price | x | y | z
airquality: Ozone | Solar.R | Wind | Temp | Month | Day
nyc taxi: VendorID | tpep_pickup_datetime | passenger_count | RatecodeID | store_and_fwd_flag | PULocationID
flights: year | month | dep_delay | carrier | flight | tailnum | origin | dest
sales: Order ID | Ship Mode | Customer Name | Product Name | Sales | Discount | Profit | Art Price | Sales Rep | Grace Period | Max Temp | Min Price | Max Speed | Mean Price | Total Sales | Net Price | Bid Price | Ask Price | Bill Amount | Page Count | Field Name | Will Call
finance: Open | High | Low | Close | Adj Close | Volume | AAPL | MSFT | BRK.B | GOOG
loans: loan_amnt | int_rate | emp_length | dti | fico_range_low | grade | sub_grade
fx: USD/EUR | EURUSD=X
hr: EmployeeNumber | Attrition | Department | MonthlyIncome | OverTime | YearsSinceLastPromotion
churn: customerID | tenure | Churn | StreamingTV
web: utm_source | session_id | page_url | referrer | user_agent | screen_1920x1080 | iphone6plus | h264 | mp3 | ipv4 | sha256 | md5_hash | utf8
iot: sensor_01 | sensor_02 | temp_c | acc_x | gyro_z | BME280_temp | PM2.5 | PM10 | CO2 | NO2
clinical: subject_id | hadm_id | stay_id | heart_rate | sbp | gcs | sofa_24hours | creatinine_mg/dL | HbA1c | 25-OH Vitamin D | CD4/CD8 | IL-6
omop: person_id | gender_concept_id | year_of_birth | provider_id | condition_source_value
fhir: resourceType | birthDate | identifier | maritalStatus | multipleBirthBoolean
nlp: text | label | label_0 | input_ids | attention_mask | messages | role | content | prompt | chosen | rejected | instruction
hf: idx | sentence1 | sentence2 | hypothesis | premise
sql: COUNT(*) | sum(amount) | avg(price) over 7d | max(id) | Unnamed: 0 | index | level_0 | __index_level_0__ | _c0 | col1 | Column1 | f0 | f1
xl: A | B | C | AA | AB
elections: county | candidate | votes_dem | votes_rep | votes_total
sports: player_name | team | goals | assists | mins_played | xG | 60m | 100m | 400m
chemistry: C6H12O6 | H2O | NaCl | SMILES | InChIKey | logP | CAS
smarts: C1CCCCC1 | MolWt
geo: lat | lon | lng | long | elev | x_coord | POINT_X | geometry | wkb_geometry
ts: timestamp | t0 | t1 | lag_1 | lag_365 | rolling_mean_7 | ewm_0.9 | diff_24h | created_20200101 | snapshot_20240131 | asof_2024-01-31 | balance_2020-12-31
epochs: y2k
ratio: 0.1 | 0.25 | 0.5 | 0.75 | 0.9
quantiles: p5 | p50 | p99.9 | q0.025
bands: B1 | B2 | B8A | NDVI | EVI
planets: P. Mass | pl_orbper | ra | dec
grid: (0, 0) | (0, 1) | ('a', 'b')
units: Weight (kg) | Height [cm] | Price € | Δt | µg/L | temp °C | % change | # | No.
naics: 11 | 21 | 22 | 23 | 31-33 | 42 | 44-45
dbt: _airbyte_raw_id | _fivetran_synced | _loaded_at | __typename
json: id | type | attributes | meta | links | @id | @type | $ref | #text | xml:lang | data-id
schema.org: https://schema.org/name | http://xmlns.com/foaf/0.1/mbox
langs: eng | fra | deu | spa | ita
langs2: en | fr | de | es | it
short: ma | al | li | na
stats: min | max | mean | median | sum | std
maxmin: max | min
langpage: lang | page | ref
colors: red | green | blue | black | white | brown | gray
seasons: spring | summer | autumn | winter
days: mon | tue | wed | thu | fri | sat | sun
cars: Ford | Mercedes | Lincoln | Audi | BMW
stat2: val | var | cov
names: name | nickname | surname | given | family | maiden
person: person | patient | customer | user
patients_2019: patients_2019 | user_2020 | customer_count | card_present | phone1 | phone2 | user_id_1 | member_no | policy_no_2
credit: status_of_existing_checking_account | duration | purpose | A11 | A12 | A201
adult: age | workclass | fnlwgt | education-num | capital-gain | hours-per-week | native-country | <=50K | >50K
mixed: customer.address.street | items[0].price | a/b | a\\b | foo:bar | key=value
emoji: 😀 | mood 😀
"""

ORDINARY: dict[str, list[str]] = {
    **{
        kind: names.split(" | ")
        for kind, _, names in (line.partition(": ") for line in _WRITTEN.strip().splitlines())
    },
    "years": [str(year) for year in range(1960, 2024)],
    "days of 2020 by month": [f"1/{day}/20" for day in range(22, 32)],
    "iso days": ["station", *(f"2020-01-{day:02}" for day in range(1, 32))],
    "firsts": [
        "series",
        *(f"{year}-{month:02}-01" for year in (2019, 2020) for month in range(1, 13)),
    ],
    "hours": [f"2020-01-{day:02} {hour:02}:00" for day in (1, 2) for hour in range(24)],
    "half hours": [f"{hour:02}:{minute:02}" for hour in range(24) for minute in (0, 30)],
    "d": ["id", "item_id", *(f"d_{i}" for i in range(1, 1942))],
    "labs": [f"lab_{i:03}" for i in range(1000)],
    "x": [f"x{i}" for i in range(1, 101)],
    "pixels": ["label", *(f"pixel{i}" for i in range(784))],
    "places of pixels": ["label", *(f"{i}x{j}" for i in range(1, 29) for j in range(1, 29))],
    "counted": [str(i) for i in range(784)],
    "components": ["Time", *(f"V{i}" for i in range(1, 29)), "Amount", "Class"],
    "embeddings": [f"emb_{i}" for i in range(1536)],
    "wavelengths": ["sample", *(f"{i / 2}" for i in range(700, 2000))],
    "wavenumbers": [f"{4000 - i * 1.93:.2f}" for i in range(300)],
}
