"""DCI of substances general practitioners write, spelled with their accents, and brands of one substance or several.

Law: these are spellings only. A name found here is recognised and written right; nothing else is known of it: no
strength, no limit. What a base of medicines says of a name comes before.
"""

from __future__ import annotations

DCI = """abacavir abatacept acamprosate acarbose acébutolol acétazolamide acétylcystéine acétylleucine
aciclovir acitrétine
acénocoumarol adalimumab adapalène adrénaline albendazole alendronate alfuzosine alimémazine alirocumab allopurinol
almotriptan alprazolam amantadine ambroxol amiloride aminophylline amiodarone amisulpride amitriptyline amlodipine
amorolfine amoxicilline ampicilline anastrozole apixaban aprémilast aripiprazole articaïne aspirine atazanavir aténolol
atomoxétine atorvastatine atovaquone atropine azathioprine azithromycine azélastine aztréonam baclofène bacitracine
bambutérol béclométasone bempédoïque bénazépril bénorilate bensérazide benzoyle
benzydamine béraprost bétahistine bétaméthasone bétaxolol bézafibrate bicalutamide bilastine bimatoprost
bisacodyl bisoprolol bosentan brimonidine brinzolamide brivaracétam bromazépam bromocriptine budésonide bumétanide
buprénorphine bupropion buspirone cabergoline caféine calcifédiol calcipotriol calcitriol canagliflozine candésartan
captopril carbamazépine carbidopa carbimazole carbocistéine carvédilol céfaclor céfadroxil céfalexine
céfatrizine céfazoline céfépime céfixime céfotaxime céfotiam cefpodoxime céfradine ceftazidime ceftriaxone céfuroxime
célécoxib céliprolol cétirizine cétrimide chlorambucil chlordiazépoxide chlorhexidine chloroquine chlorpromazine
chlortalidone cholécalciférol ciclétanine ciclopirox ciclosporine cilazapril cimétidine cinacalcet ciprofloxacine
citalopram clarithromycine clindamycine clobazam clobétasol clomifène clomipramine clonazépam clonidine clopidogrel
clorazépate clotiazépam clotrimazole cloxacilline clozapine codéine colchicine colécalciférol colestyramine crotamiton
cromoglicate cyamémazine cyanocobalamine cyclophosphamide cyproheptadine cyprotérone dabigatran dapagliflozine
dapsone darunavir déféroxamine dénosumab désipramine desloratadine desmopressine désogestrel désonide desvenlafaxine
dexaméthasone dexchlorphéniramine dextrométhorphane diacéréine diazépam diclofénac diénogest diéthylstilbestrol
digoxine dihydroergotamine diltiazem dimenhydrinate diosmectite diosmine diphénhydramine dipyridamole disopyramide
disulfirame dobésilate dolutégravir dompéridone donépézil dorzolamide doxazosine doxycycline doxylamine dronédarone
drospirénone dulaglutide duloxétine dupilumab dutastéride dydrogestérone ébastine éconazole édoxaban éfavirenz
élétriptan empagliflozine emtricitabine énalapril énoxaparine entacapone éplérénone éprosartan érénumab ergocalciférol
ertugliflozine érythromycine escitalopram ésoméprazole estazolam estradiol estriol étanercept éthambutol
éthinylestradiol éthosuximide étidronate étifoxine étodolac étonogestrel étoricoxib évérolimus évolocumab exémestane
exénatide ézétimibe famciclovir famotidine fébuxostat félodipine fénofibrate fenspiride fentanyl fénotérol
fésotérodine fexofénadine finastéride fingolimod flavoxate flécaïnide flubendazole fluconazole fludrocortisone
fluindione flumétasone flunarizine fluocortolone fluorouracile fluoxétine flurbiprofène flutamide fluticasone
fluvastatine fluvoxamine folinique formotérol fosfomycine fosinopril framycétine frovatriptan furosémide gabapentine
galantamine galcanézumab gemfibrozil gentamicine gestodène glatiramère glibenclamide gliclazide glimépiride glipizide
glucagon glycopyrronium griséofulvine guanfacine halopéridol héparine hydrochlorothiazide hydrocortisone
hydroxocobalamine hydroxychloroquine hydroxyzine hyoscine ibandronate ibuprofène imatinib imipramine imiquimod
indacatérol indapamide indométacine insuline ipratropium irbésartan isoconazole isoniazide isosorbide isotrétinoïne
isradipine itraconazole ivabradine ivermectine josamycine kétoconazole kétoprofène kétotifène labétalol lacidipine
lacosamide lactulose lamivudine lamotrigine lanréotide lansoprazole latanoprost léflunomide lercanidipine létrozole
leuproréline lévétiracétam lévobunolol lévocarnitine lévocétirizine lévodopa lévofloxacine lévomépromazine
lévonorgestrel lévothyroxine lidocaïne linagliptine linézolide liothyronine liraglutide lisinopril lithium lixisénatide
lopéramide lopinavir loprazolam loratadine lorazépam lormétazépam losartan loxapine macrogol magnésium manidipine
maprotiline maraviroc mébendazole mébévérine médroxyprogestérone méfloquine mélatonine méloxicam mémantine
mépolizumab méquitazine mercaptopurine mésalazine metformine méthadone méthocarbamol
méthotrexate méthyldopa méthylphénidate méthylprednisolone métoclopramide métolazone métoprolol métronidazole
miansérine miconazole midazolam midodrine mifépristone milnacipran minocycline minoxidil mirabégron
mirtazapine misoprostol mizolastine moclobémide modafinil moexipril mométasone montélukast morphine moxifloxacine
moxonidine mupirocine mycophénolate nabumétone nadolol naftidrofuryl nalméfène naloxone naltrexone naproxène
naratriptan natéglinide nébivolol néfopam néomycine nicardipine nicorandil nicotine nifédipine nifuroxazide
nimodipine nintédanib nitrazépam nitrendipine nitrofurantoïne nomégestrol norelgestromine noréthistérone norfloxacine
nortriptyline nystatine octréotide ofloxacine olanzapine olmésartan olodatérol olopatadine oméprazole ondansétron
opipramol orlistat ornidazole oseltamivir oxaliplatine oxazépam oxcarbazépine oxétorone oxomémazine oxybutynine
oxycodone oxytétracycline oxytocine palipéridone pancréatine pantoprazole paracétamol paroxétine pégfilgrastim
pénicillamine pénicilline pentazocine pentoxifylline pérampanel périciazine périndopril perméthrine
phénobarbital phénoxyméthylpénicilline phényléphrine phénytoïne phloroglucinol phytoménadione pilocarpine pimozide
pinavérium pindolol pioglitazone pipampérone piracétam pirfénidone piribédil piroxicam pivmécillinam pizotifène
podophyllotoxine polymyxine posaconazole pramipexole prasugrel pravastatine prazosine prazépam praziquantel prednisolone
prednisone prégabaline primidone pristinamycine probénécide progestérone proguanil prométhazine propafénone
propranolol propériciazine propylthiouracile pseudoéphédrine pyrazinamide pyridostigmine pyridoxine quétiapine quinapril
quinine rabéprazole racécadotril raloxifène raltégravir ramipril ranitidine rasagiline répaglinide ribavirine
rifampicine rifamycine rifaximine rilménidine riluzole rimégépant risédronate rispéridone ritonavir rivaroxaban
rivastigmine rizatriptan romosozumab ropinirole rosuvastatine roxithromycine rufinamide rupatadine sacubitril
salbutamol salmétérol saxagliptine sélégiline sémaglutide sertaconazole sertraline sévélamer sildénafil silodosine
simvastatine sitagliptine solifénacine sotalol spiramycine spironolactone stiripentol sucralfate sulfadiazine
sulfaméthoxazole sulfasalazine sulpiride sumatriptan tacalcitol tacrolimus tadalafil tafluprost tamoxifène tamsulosine
tapentadol tazarotène télithromycine telmisartan témazépam ténofovir ténoxicam térazosine terbinafine terbutaline
tériflunomide tériparatide testostérone tétracycline tétrazépam théophylline thiamazole thiamine thiocolchicoside
thiopental tiagabine tiapride tibolone ticagrélor ticlopidine tigécycline timolol tinidazole tinzaparine tioconazole
tiotropium tirzépatide tixocortol tobramycine tocilizumab tolcapone toltérodine topiramate torasémide torémifène
tofisopam tramadol trandolapril tranexamique travoprost trazodone trétinoïne triamcinolone triamtérène triazolam
triflupromazine trihexyphénidyle trimébutine trimétazidine triméthoprime trinitrine triptoréline trolamine tropatépine
trospium ulipristal uméclidinium urapidil ursodésoxycholique ustekinumab valaciclovir valganciclovir valproate
valproïque valsartan vancomycine vardénafil varénicline venlafaxine vérapamil vigabatrine vilantérol vildagliptine
vinorelbine voriconazole vortioxétine warfarine xipamide xylométazoline yohimbine zafirlukast zidovudine
zofénopril zolédronique zolmitriptan zolpidem zonisamide zopiclone zuclopenthixol"""

PHRASES = """acide acétylsalicylique|acide alendronique|acide ascorbique|acide azélaïque|acide clavulanique
acide folique|acide fusidique|acide ibandronique|acide niflumique|acide risédronique|acide salicylique
acide tiaprofénique|acide tranexamique|acide ursodésoxycholique|acide valproïque|acide zolédronique|acide hyaluronique
acide méfénamique|acide pipémidique|acide borique|acide folinique|benzoate de benzyle|peroxyde de benzoyle
bicarbonate de sodium|carbonate de calcium|chlorure de potassium|chlorure de sodium|citrate de bétaïne
cromoglicate de sodium|dinitrate d'isosorbide|eau oxygénée|extrait de pollen|fer
fumarate ferreux|sulfate ferreux|gluconate de potassium|insuline aspart|insuline asparte|insuline détémir
insuline dégludec|insuline glargine|insuline glulisine|insuline isophane|insuline lispro|insuline humaine
macrogol 3350|macrogol 4000|mononitrate d'isosorbide|isosorbide dinitrate|nicotinate de benzyle
permanganate de potassium|phosphate de calcium
pidolate de magnésium|povidone iodée|risédronate de sodium|sérum physiologique|sulfate de magnésium|sulfure de sélénium
vitamine a|vitamine b1|vitamine b6|vitamine b12|vitamine c|vitamine d|vitamine d3|vitamine e|vitamine k|vitamine k1
valproate de sodium|alginate de sodium|oxyde de zinc|huile de paraffine|siméticone|diméticone|glycérine
charbon activé|valériane|vaseline|ispaghul|paraffine|arginine|bétaïne|zinc|phosphore|calcium|potassium"""

BRANDS = """abasaglar actonel acupan adartrel adenuric adiaril advil aerius airomir aldactone aldara alodont alteis
amarel amlor anafranil anapen androtardyl antadys apranax apidra aprovel arcoxia aricept arixtra art
aspegic atacand atarax
atrovent augmentin avamys avlocardyl axeler azopt azyter bactrim bactroban betadine betnesol betneval biafine bilaska
bipretax biprofenid brexin briviact bronchokod brufen bydureon calciparine calcidose candesartan cacit cardensiel
carbosymag cartrex celebrex celestene cellcept celluvisc cerazette champix chibroproscar chondrosulf cialis ciflox
ciloxan clamoxyl claradol clarityne clomid codoliprane colchimax colpotrophine coolmetec cordarone cortancyl cosopt
cotareg coumadine coversyl coveram cozaar crestor cymbalta cytotec dafalgan daflon daivobet daivonex daonil debridat
decapeptyl deroxat depakine depakote dermoval dexeryl diamicron diane diflucan diovan
diprosone diprosalic diprolene ditropan doliprane doxy duodart duphalac duphaston durogesic effentora efferalgan
effexor efient eliquis elisor enbrel endotelon entresto epiduo epitomax esidrex eskazole estreva eupantol eupressyl
euthyral exforge exomuc ezetrol femara fervex fixical flagyl flammazine flecaine flector flixotide flodil floxyfral
fludex fonzylane foradil forlax formoair forxiga fosamax fosavance fucidine fucithalmic fumafer gaviscon gelox ginkor
glucophage glucor havlane helicidine hexaquine hept-a-myl humalog humira hyperium hytacand hyzaar ikorel
imigrane imodium imovane imurel inegy inexium inhixa innohep innovair inofer inspra insulatard ipperten isoptine
izeltas januvia janumet jardiance jasmine jasminelle josacine kaleorid kardegic keppra kenzen ketum kestin komboglyze
lamaline lamictal lamisil lansoyl lantus laroxyl lasilix lercan lescol levemir levothyrox lexomil lipanthyl
lipanor lodales
lodoz loceryl locoid locapred lopressor lovenox lumigan lumirelax lutenyl luteran lyrica lysanxia macrobid magne maxalt
medrol mediatensyl meteospasmyl methergin mercilon metalyse micardis microval minidril minirin mircera
miorel mobic modopar
mogadon molval monoprost monuril mopral motilium mucomyst mycoster mydriaticum mykamil nasacort nasonex natispray
nebilox negaban nemdatine neocodion neorecormon neurontin nexplanon nicopatch nicopatchlib nicorette nicotinell
nifluril niquitin nivaquine nizoral nordette norlevo normacol noroxine norset novomix novonorm novorapid
nurofen nuvaring
ocytocine oedemex oflocet ogast olmetec omacor omix onbrez optimizette oralair orelox orgalutran oropivalone
oroken ospolot otipax otofa otylol ovitrelle oxeol oxycontin oxynormoro oxynorm ozempic ozidia pariet parkinane parlodel
pedilanden pentasa permixon pevaryl phosphalugel physiotens piascledine pivalone plaquenil plavix polydexa
ponstyl pradaxa
praluent praxilene preterax previscan primalan primperan procoralan prograf profenid prolia propecia propofan
proscar protopic prozac pulmicort pylera pyostacine questran qvar rasilez relenza relpax relvar remicade renitec
repatha rhinocort rhinofluimucil risperdal risperdalconsta ritaline rivotril roaccutane rocephine rohypnol
rulid rybelsus rythmol sabril salazopyrine scoburen seloken selincro serc seresta seretide seroplex seropram serevent
sibelium simponi singulair skenan actiskenan smecta solupred solian soriatane sotalex spagulax spasfon
spedifen speciafoldine
spiriva spiolto sporanox stablon stagid stediril sterdex sterogyl stilnox stresam structum strattera subutex suboxone
symbicort synthol tahor tamiflu tanakan tanganil tardyferon tareg tavanic tegretol temerit temesta tenordate tenormine
teralithe tercian tetralysal theralene theostat tiorfan timoptol titanoreine tobrex tobradex tofranil topalgic
toplexil toujeo tracleer tranxene trandate travatan trentadil tresiba triatec trimbow trinipatch trinordiol trulicity
trusopt turixin ultibro ultralevure umuline urorec uvedose uvesterol vaxigrip vastarel velmetia ventoline
vfend viagra viani victoza vimpat vogalene vogalib voltarene xalatan xalacom xanax xarelto xatral xenical xyzall yasmin
zaldiar zamudol zanidip zebinix zeclar zelitrex zestril zestoretic zinnat zithromax zocor zoladex zoloft zomig zomigoro
zovirax zyban zyloric zyma zymad zyprexa zyrtec"""

BRAND_PHRASES = """flector tissugel ep|flector tissugel|humalog mix25|humalog mix50|novomix 30|novomix 50
humulin m3|a 313
freestyle libre|freestyle libre 2|freestyle libre 2 plus|freestyle libre 3|dexcom g6|dexcom g7|dexcom one
depakine chrono
digoxine nativelle|magne b6|calcidose vitamine d3|cacit vitamine d3|orocal d3|orocal vitamine d3|caltrate vitamine d3
bi profenid|bi tildiem|ultra levure|co aprovel|tot hema|hept a myl|diane 35|prevenar 13|prevenar 20
gardasil 9|monocrixo|timoptol lp|spasfon lyoc|vogalene lyoc|oxynorm oro|insuline lispro|one touch|fortimel"""


def dci() -> tuple[str, ...]:
    """Every DCI, in lower case with its accents."""
    return (*DCI.split(), *(name for line in PHRASES.split("\n") for name in line.split("|")))


def brands() -> tuple[str, ...]:
    """Every brand, in lower case without accents."""
    return (*BRANDS.split(), *(name for line in BRAND_PHRASES.split("\n") for name in line.split("|")))
