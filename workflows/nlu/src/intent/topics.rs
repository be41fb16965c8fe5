//! The nouns that name a topic, and the ways of asking that do, for [`gist`](super::gist). Words
//! are folded; `stem*` is any word that begins so. A topic of `Unknown` is none of ours and speaks
//! against the others.

use crate::{Intent, Language};

/// Words by language and topic.
pub(super) const TOPICS: &[(Language, Intent, &str)] = &[
    (
        Language::Es,
        Intent::Amenities,
        "agua potable termo termos enchufe enchufes adaptador voltaje colchon* almohad* sommier cucheta futon \
         placard ropero percha perchas espejo secador planchita plancha lavarropa* lavavajilla* lavadero tendedero \
         detergente jabon shampoo champu papel higienico lena carbon brasero fogonero disco chulengo vajilla \
         utensilio* olla ollas sarten* cafetera pava tostadora licuadora microonda* horno anafe heladera freezer \
         conservadora smart chromecast streaming parlante musica consola play juegos ludoteca metegol pelota \
         trampolin hamaca* tobogan arenero parque fogon* asado* asador parrill* quincho pileta \
         piscina* climatizad* jacuzzi hidromasaje sauna masaje* spa gimnasio bici* kayak* canoa* bote lancha pesca \
         pescar cabalgata* caminata* trekking sendero* excursion* senda nieve esqui ski trineo mosquito* mosquitero* \
         tela repelente bicho* tranquil* silencio* privacidad privad* vecino* ruido* cercad* cerrad* porton* alarma \
         camara* seguridad segur* matafuego* botiquin* rampa* escalon* escaler* discapacit* discapacidad \
         accesib* rueda* anciano* mayores apta* apto* adaptad* cochecito cuna practicuna sillita banadera banera \
         bidet ducha* toall* toallon* sabana* frazada* manta* acolchado* blanqueria ropa cortina* oscur* luminos* \
         balcon* terraza* deck galeria* patio* jardin* vista* vistas amanecer atardecer chimenea hogar salamandra \
         estufa* radiador* losa calef* aire ventilador* split wifi internet wi senal cobertura datos antena tele tv \
         netflix disney cable directv limpieza mucama desayun* almuerz* cena* comida* proveed* \
         restaurant* delivery cochera* estacion* garage garaje trailer lancha moto motos auto camioneta \
         cargador electric* generador luz pared* techo* piso* superfici* metro* ambiente* dormitorio* \
         habitacion* bano* cama* matrimonial* capacidad equipad* equipamiento incluye* incluid* inclu* trae \
         ascensor planta* duplex monoambiente fumar fumador* fiesta* cumple* evento* reunion* despedida casamiento \
         invitado* visita* escritorio trabajar coworking",
    ),
    (
        Language::Es,
        Intent::Location,
        "cerca cercan* lejos distancia* cuadra* cuadras kilometro* km kms supermercado* super almacen* kiosco* \
         panaderi* carniceri* verduleri* farmacia* hospital* clinica* banco* cajero* nafta ypf gnc terminal* \
         aeropuerto* colectivo* omnibus micro* remis* taxi* uber transfer traslado* ruta* autopista* ripio asfalt* \
         camino* acceso* mapa* maps gps waze coordenada* pin ubic* direccion* donde adonde calle* barrio* zona* \
         localidad* pueblo* ciudad* provincia centro* costanera peatonal playa* lago* rio* cerro* montana* \
         bosque* cascada* muelle puerto* dique* embalse laguna* arroyo* vadear 4x4 llegar llego",
    ),
    (
        Language::Es,
        Intent::CheckinInfo,
        "llave* clave candado checkin checkout ingres* egres* entrada salida horario* hora horas madrugada \
         mediodia temprano valija* equipaje* bolso* mochila*",
    ),
    (
        Language::Es,
        Intent::Payment,
        "pago* pagar* pague abonar* sena* senia* deposito* transf* efectivo tarjeta* debito credito cuota* \
         factura* recibo* comprobante* cbu cvu alias mercadopago billetera qr dolares divisa* saldo* reintegro*",
    ),
    (
        Language::Es,
        Intent::Price,
        "precio* tarifa* valor* costo* cuest* barat* economic* caro* cara* carisim* descuent* rebaj* promo* \
         oferta* presupuest* cotiz* cobra* temporada* regate* negoci* mejor*precio",
    ),
    (
        Language::Es,
        Intent::Photos,
        "foto* imagen* video* mostra* mostrar* mostrame catalogo instagram insta facebook web pagina reel* album",
    ),
    (
        Language::Es,
        Intent::Pets,
        "perr* gat* mascota* animal* cachorr* caniche* michi* firulais peludo* conejo* hamster loro pajaro* caballo* \
         pichich* can canes",
    ),
    (
        Language::Es,
        Intent::Complaint,
        "quej* reclam* vergonz* verguenza pesim* horrib* horror asco asquer* suci* mugr* estaf* chorr* ladron* robo \
         robaron enoj* indign* decepcion* descont* disconform* insatisf* furios* cucarach* raton* rata \
         ratas chinche* pulga* garrapata* humedad moho olor* roto rota rotos rotas romp* fall* defect* fug* inund* goter* \
         tapad* enga* mentir* trucho* trucha* fraude denunc* abog* malisim* patetic* nefast* \
         desastr* inaceptable intolerable terrible bronca fastidio harto harta cansad* podrid* maltrat* destrat*",
    ),
    (
        Language::Es,
        Intent::Human,
        "humano humana operador* asesor* representante encargad* duen* propietari* recepcionista llamar* \
         llamada* llamado telefono telefonic* whatsapp bot robot maquina chatbot",
    ),
    (
        Language::Es,
        Intent::Cancel,
        "cancel* anul* suspend* desist* arrepent* reembols* devol* devuelv* revoc* baja",
    ),
    (
        Language::Es,
        Intent::Modify,
        "cambi* modific* reprogram* posterg* aplaz* adelant* mover* correr* extend* alarg* acort* agreg* sumar*",
    ),
    (
        Language::Es,
        Intent::Availability,
        "lugar lugares disponib* libre* vacante* cupo* alquil* hosped* aloj* estadia* vacacion* escapad*  alojamiento descans*",
    ),
    (
        Language::Es,
        Intent::Unknown,
        "capital presidente partido futbol mundial dolar bitcoin cripto receta chiste poema horoscopo politica \
         elecciones clima pronostico matematica programa traducir loteria quiniela",
    ),
    (
        Language::Pt,
        Intent::Amenities,
        "agua potavel chuveiro tomada tomadas voltagem adaptador colchao colchoes travesseiro* cobertor* edredom \
         lenco* lencol lencois toalha* roupa* cabide* espelho secador ferro tabua lavadora varal \
         detergente sabonete xampu shampoo papel lenha carvao fogueira louca pratos panela* talher* copo copos \
         utensilio* cafeteira chaleira torradeira liquidificador microonda* micro forno fogao geladeira frigobar \
         freezer smart streaming som musica brinquedo* parquinho balanco playground piscina* aquecid* hidro* \
         banheira jacuzzi sauna massagem spa academia bicicleta* caiaque* canoa barco pescar pesca trilha* \
         passeio* neve esqui mosquito* tela* repelente silencio* tranquil* sosseg* privacidade privativ* vizinho* \
         barulh* cercad* portao seguranca segur* cofre extintor rampa* escada* degrau* cadeirante* cadeira* acessib* \
         adaptad* idoso* berco* cadeirao banheira box varanda* sacada* quintal* jardim* deck vista* lareira* \
         aquec* ar ventilador* wifi internet sinal cobertura tv televisao netflix cabo limpeza faxina \
         cafe almoco jantar restaurante* delivery estacion* garagem carro carros moto trailer motorhome \
         energia luz gerador quarto* banheiro* cama* solteiro capacidade equipad* inclu* andar andares \
         elevador fumar fumante* festa* evento* aniversario visita* churrasc* churrasqueira cozinh* escritorio \
         trabalhar",
    ),
    (
        Language::Pt,
        Intent::Location,
        "perto proxim* longe distancia* quadra* quilometro* km mercado* supermercado* padaria* farmacia* hospital \
         banco posto gasolina rodoviaria aeroporto onibus taxi uber transfer traslado estrada* \
         asfalt* acesso* mapa* maps gps waze coordenada* pino endereco* localiz* onde rua bairro \
         regiao cidade centro praia* lago* rio* serra montanha* cachoeira* fronteira chegar chego",
    ),
    (
        Language::Pt,
        Intent::CheckinInfo,
        "chave* senha fechadura checkin checkout horario* hora horas madrugada cedo mala malas bagagem bagagens \
         mochila*",
    ),
    (
        Language::Pt,
        Intent::Payment,
        "pag* pix boleto cartao cartoes parcel* dinheiro debito credito transfer* deposit* sinal comprovante* \
         recibo* nota fiscal conta banco reais dolar dolares estorno",
    ),
    (
        Language::Pt,
        Intent::Price,
        "preco* valor* custo* custa* tarifa* diaria* barat* caro cara desconto* promoc* oferta* orcamento* cotac* \
         quanto",
    ),
    (
        Language::Pt,
        Intent::Photos,
        "foto* imagem imagens video* mostra* instagram insta site facebook",
    ),
    (
        Language::Pt,
        Intent::Pets,
        "cachorr* gat* pet pets animal animais cao caes bicho* doguinho dog gatinho*",
    ),
    (
        Language::Pt,
        Intent::Complaint,
        "reclam* queix* vergonh* pessim* horriv* nojo nojent* suj* imund* golpe* roubo roubad* irritad* indignad* \
         decepcion* chatead* frustrad* insatisf* barata baratas rato ratos percevejo* pulga* mofo umidade fedor \
         fedorent* cheiro quebr* estrag* defeito* vazament* vazando inundad* enganad* mentir* fraude processo \
         procon absurd* inaceitav* terrivel",
    ),
    (
        Language::Pt,
        Intent::Human,
        "humano humana atendente* recepcion* dono dona gerente responsavel ligar ligacao telefone telefonema robo \
         bot maquina",
    ),
    (
        Language::Pt,
        Intent::Cancel,
        "cancel* anul* desmarc* desist* arrepend* reembols* estorn* devol*",
    ),
    (
        Language::Pt,
        Intent::Modify,
        "mudar* mudanca* alter* troc* remarc* adiar* adiant* reagend* estend* prolong* acrescent* adicion*",
    ),
    (
        Language::Pt,
        Intent::Availability,
        "vaga* dispon* livre* lugar alug* hosped* acomod* estadia ferias feriado* pousada chale*",
    ),
    (
        Language::Pt,
        Intent::Unknown,
        "capital presidente jogo futebol copa dolar bitcoin receita piada poema horoscopo politica eleicao clima \
         previsao matematica traduzir loteria",
    ),
    (
        Language::En,
        Intent::Amenities,
        "water drinkable potable socket* outlet* plug plugs adapter voltage mattress* pillow* bed beds bedding \
         linen* sheet* towel* blanket* duvet* wardrobe hanger* mirror hairdryer hair dryer iron washing laundry \
         washer dishwasher detergent soap shampoo toilet* paper firewood wood charcoal logs fire* cooking cook \
         utensil* pots pans cutlery dish* plates glasses coffee kettle toaster blender microwave oven stove hob \
         cooker fridge refrigerator freezer tv television smart netflix streaming chromecast speaker* music \
         console game* toys swing* slide trampoline playground pool* heated hot tub jacuzzi sauna massage spa gym \
         bike* bicycle* kayak* canoe* boat* fishing fish hike hikes hiking trail* walk* ski skiing snow horse* \
         activit* mosquito* screen* repellent quiet peaceful noise private privacy neighbor* neighbour* \
         fence* fenced gate safe safety security secure camera* smoke extinguisher aid ramp* step steps stair* \
         wheelchair* accessib* disab* elevator lift elderly stroller pram crib cot highchair bath* \
         bathtub shower* balcon* terrace* deck patio* garden* yard view* sunset fireplace* heat* radiator* fan* \
         air aircon ac conditioning wifi internet signal coverage cell reception network cleaning housekeeping maid breakfast \
         lunch dinner meal* restaurant* park parking garage carport car cars camper* trailer motorhome rv charger \
         charging ev electric* power generator room* bedroom* bathroom* floor* size square* capacity sleep* \
         equipped equipment include* amenit* facilit* service* smok* party parties event* birthday visitor* bbq \
         barbecue grill kitchen* desk work* suitable kid*friendly",
    ),
    (
        Language::En,
        Intent::Location,
        "near nearby nearest close far away distance block* kilomet* mile miles km supermarket* grocer* shop shops \
         store stores bakery pharmac* hospital* doctor bank atm gas petrol station terminal airport bus buses \
         taxi* uber cab shuttle transfer* road* paved gravel highway directions map* gps coordinates pin \
         location* locat* address where street neighborhood neighbourhood area region town city downtown centre \
         center beach lake river mountain* forest waterfall border",
    ),
    (
        Language::En,
        Intent::CheckinInfo,
        "key* lockbox checkin checkout arriv* hour* time midnight early late luggage bag bags suitcase* \
         backpack*",
    ),
    (
        Language::En,
        Intent::Payment,
        "pay* paid payment* deposit* transfer* wire cash card cards credit debit invoice* receipt* \
         paypal wise dollars usd euros instal* balance",
    ),
    (
        Language::En,
        Intent::Price,
        "price* pricing cost* rate rates fee fees charge* cheap* expensive afford* discount* deal deals promo* offer* \
         quote* budget pricey",
    ),
    (
        Language::En,
        Intent::Photos,
        "photo* picture* pic pics image* video* instagram website gallery album",
    ),
    (
        Language::En,
        Intent::Pets,
        "dog* cat cats pet pets puppy puppies animal* kitten* doggo* doggie*",
    ),
    (
        Language::En,
        Intent::Complaint,
        "complain* disgust* filth* dirty awful terrible horribl* worst unaccept* disappoint* scam* rude cockroach* \
         roach* mice mouse rats bedbug* flea* mold* mould* smell* stink* stank broken broke leak* flood* fraud* \
         lied liar* cheat* rip ripoff noisy angry furious upset ridiculous unhygienic nightmare shame misleading \
         gross dusty clogged",
    ),
    (
        Language::En,
        Intent::Human,
        "human person someone agent operator representative manager owner host phone call robot bot machine",
    ),
    (Language::En, Intent::Cancel, "cancel* refund* revoke"),
    (
        Language::En,
        Intent::Modify,
        "change* modif* resched* postpon* extend* shorten* amend* switch",
    ),
    (
        Language::En,
        Intent::Availability,
        "availab* vacanc* vacan* free accommodat* lodging rent* stay* spot* opening*",
    ),
    (
        Language::En,
        Intent::Unknown,
        "capital president football soccer match dollar bitcoin crypto recipe joke poem horoscope politics election* \
         weather forecast math translate lottery essay",
    ),
];

/// Ways of asking, by language: what they ask about when nothing else tells.
pub(super) const FRAMES: &[(Language, Intent, &[&str])] = &[
    (
        Language::Es,
        Intent::Amenities,
        &[
            "hay",
            "tiene",
            "tienen",
            "tenes",
            "cuenta con",
            "cuentan con",
            "se puede",
            "se pueden",
            "puedo",
            "podemos",
            "es apta",
            "es apto",
            "viene con",
            "vienen con",
            "dan",
            "prestan",
            "ofrecen",
            "incluye",
            "trae",
            "disponen de",
            "hace falta llevar",
            "hay que llevar",
            "tenemos que llevar",
            "tengo que llevar",
        ],
    ),
    (
        Language::Pt,
        Intent::Amenities,
        &[
            "tem",
            "ha",
            "possui",
            "oferecem",
            "oferece",
            "pode",
            "podemos",
            "posso",
            "da pra",
            "da para",
            "vem com",
            "precisa levar",
            "preciso levar",
            "fornecem",
            "disponibilizam",
        ],
    ),
    (
        Language::En,
        Intent::Amenities,
        &[
            "is there",
            "are there",
            "do you have",
            "does it have",
            "have you got",
            "can we",
            "can i",
            "is it",
            "are you",
            "do you provide",
            "do you offer",
            "do we need",
            "do i need",
            "is the",
            "are the",
            "does the",
            "do the",
            "may we",
            "could we",
            "should we bring",
        ],
    ),
];
