//! The words that spelling is judged by. What the phrase tables know only by its beginning is
//! written out here in full; everyday words that look like one of ours are left alone.

use crate::Language;

/// Number words worth mending.
pub(super) const NUMBERS: &[(Language, &[&str])] = &[
    (
        Language::Es,
        &[
            "cuatro",
            "cinco",
            "siete",
            "nueve",
            "trece",
            "catorce",
            "quince",
            "dieciseis",
            "diecisiete",
            "dieciocho",
            "diecinueve",
            "veinte",
            "veintiuno",
            "veintidos",
            "veintitres",
            "veinticuatro",
            "veinticinco",
            "veintiseis",
            "veintisiete",
            "veintiocho",
            "veintinueve",
            "treinta",
        ],
    ),
    (
        Language::Pt,
        &[
            "quatro",
            "cinco",
            "quinze",
            "dezesseis",
            "dezessete",
            "dezoito",
            "dezenove",
            "vinte",
            "trinta",
        ],
    ),
    (
        Language::En,
        &[
            "three",
            "seven",
            "eight",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
            "twenty",
            "thirty",
            "second",
            "third",
            "fourth",
            "fifth",
            "sixth",
            "seventh",
            "eighth",
            "ninth",
            "tenth",
            "eleventh",
            "twelfth",
            "thirteenth",
            "fourteenth",
            "fifteenth",
            "sixteenth",
            "seventeenth",
            "eighteenth",
            "nineteenth",
            "twentieth",
            "thirtieth",
        ],
    ),
];

/// Words on which other nights hang, beside the names of [`NAMES`](crate::dates::words::NAMES):
/// without them "hasta el 16" is an arrival, and a long weekend a short one.
pub(super) const DATES: &[(Language, &str)] = &[
    (
        Language::Es,
        "hasta desde entre antes despues finde semana semanas noche noches largo santa puente feriado \
         carnaval navidad pascuas quincena primera primer segunda segundo tercer tercera ultima ultimo \
         proximo proxima siguiente viene pasado pasada manana dias salida salimos llegada llegamos \
         quedamos vamos menos mejor mediados fines principios alrededor correr postergar adelantar \
         agregar agregale sumar sumale sumame sacale sacar sacame quitale mismo misma nuevo tarde temprano reserva reservar feriados calle ruta cumple \
         cumpleanos mover cambiar",
    ),
    (
        Language::Pt,
        "noite noites semana semanas feriado proximo proxima amanha depois antes entre carnaval natal \
         pascoa reveillon quinzena primeira segunda ultima chegada saida chegamos saimos menos mais primeiro ultimo \
         passado passada mes dias",
    ),
    (
        Language::En,
        "until after before between weekend week weeks night nights easter christmas carnival tomorrow \
         next leave leaving arrive arriving checkout checkin first last long holiday today instead \
         earlier later less more",
    ),
];

/// Words on which the party hangs.
pub(super) const PEOPLE: &[(Language, &str)] = &[
    (
        Language::Es,
        "adultos adulto adultas mayores grandes nino nina ninos ninas nene nena nenes nenas chico chica \
         chicos chicas menor menores bebe bebes hijo hija hijos hijas criaturas nieto nieta nietos nietas \
         sobrino sobrina sobrinos sobrinas personas persona mujeres hombres huespedes pareja parejas \
         matrimonio amigos amigas hermanos hermanas primos marido esposo esposa mujer senora novio novia \
         mama papa madre padre padres hermano hermana suegra suegro suegros abuela abuelo abuelos cunado \
         cunada somos seriamos vamos viajamos embarazada menos agregar agrega agregale agregame suma sumale sumar familia grupo solos solas \
         casais sobrinita sobrinito hijita hijito bebita bebito",
    ),
    (
        Language::Pt,
        "adultos adulto crianca criancas menino menina meninos meninas neto neta netos netas sobrinho \
         sobrinha filho filha filhos filhas pessoa pessoas casal casais amigos amigas irmao irma irmaos \
         marido esposa esposo namorado namorada noivo noiva sogra sogro minha minhas meus somos familia",
    ),
    (
        Language::En,
        "adults adult kids child children baby babies infant toddler toddlers sons daughter daughters \
         people persons person guests guest couple couples husband wife partner girlfriend boyfriend \
         mother father brother sister friend friends parents family grandchildren \
         teenager teenagers teen teens toddler",
    ),
];

/// Whole words that typos mean, beside those of the phrase tables.
pub(super) const MEANT: &[(Language, &str)] = &[
    (
        Language::Es,
        "disponibilidad disponible disponibles reservar reserva reservas reservacion cancelar cancelacion \
         cancelarla anular precio precios tarifa tarifas presupuesto cotizacion cotizar cuanto costo costos \
         cuesta semana semanas noche noches personas persona adultos adulto menores chicos nenes huespedes \
         mascota mascotas perros perrito fin finde feriado carnaval navidad pascuas quincena primera segunda primer segundo tercer tercero cuarto ultimo ultima \
         proximo proxima siguiente largo manana pasado hasta desde llegamos llegada salida ingreso viene \
         alquilar alquiler alojamiento hospedaje transferencia transferir comprobante efectivo tarjeta \
         direccion ubicacion informacion servicios servicio estacionamiento calefaccion acondicionado \
         desayuno sabanas toallas quiero queremos quisiera quisieramos necesito necesitamos tienen gracias \
         buenas buenos tardes modificar cambiar reprogramar adelantar postergar confirmar confirmada \
         reclamo estafa verguenza funciona funcionaba fotos imagenes hablar persona humano familia pareja \
         marido mujer esposa esposo amigos hijos lugar libre cabana cabanas dias fecha fechas estadia",
    ),
    (
        Language::Pt,
        "disponibilidade disponivel reservar reserva cancelar preco precos quanto custa noite noites pessoas \
         pessoa adultos criancas cachorro animais semana finde feriado proximo proxima amanha depois chegada \
         saida pagamento cartao endereco localizacao obrigado obrigada gostaria queremos preciso cabana",
    ),
    (
        Language::En,
        "availability available reservation booking cancel cancellation price people person adults children \
         tomorrow weekend arriving leaving payment address location please thanks night nights christmas \
         easter breakfast parking",
    ),
];

/// Of the ten thousand most common words of each language, those that one slip would turn into a
/// word of ours that means something else.
pub(super) const ORDINARY: &[(Language, &str)] = &[
    (Language::Es, include_str!("ordinary/es.txt")),
    (Language::Pt, include_str!("ordinary/pt.txt")),
    (Language::En, include_str!("ordinary/en.txt")),
];

/// Everyday words that are one slip away from one of ours, beside the [`ORDINARY`] ones.
pub(super) const LEFT_ALONE: &[(Language, &str)] = &[
    (
        Language::Es,
        "entero entera enteros enteras anotado anotada anotados anotadas cuenta cuentan cuento cuanta cuantas cuesto puesta fiesta costa canto corto parar pasar pagar pasas \
         pagas tomar tocar jugar juntar coche broche leche techo pecho dato autos motos votos rotos mares \
         marca marco martin marta maria mario julia julian abrir abrio cabra cobra cobre lunas lunar juego \
         juegos jueza novios viento viejos viajes viaje viajar siento tiene tienes tener tengo tenga tenia \
         vienen venir venia bueno buena bien bienes huevo nuevo nueva nuevas nuevos nieve nieves nunca hacer \
         haces hacen hecho hechos horno hornos hogar lugares largas larga cargo cargos carro carta cartas \
         tarta barata barato parte partes puerta puertas muerta suerte fuerte muerte norte corte cortes \
         sobre sobra cobrar cobran cobras comer comida camino camina casas casados casado cansado pesado \
         pensado pasada pasadas pescado mercado marcado nacido novia novio noticia oficina cocinar cocina \
         rica ricos chica chico chicas chino china libro libros labios linda lindo lindas lindos listo lista \
         vista visto vistas vida viva vivo viven vemos venimos verano verdad verde vuelta vuelo vuelvo hotel \
         hostel hostal ahora antes ante entre entra entran entrar entrada estar estamos estaba estuvo estado \
         esta este estos estas todos todas toda todo tanto tanta tantos cuando donde quien quienes porque \
         pero perdon perdona pedir piden pida puedo puede pueden poder podria podemos podriamos podrian \
         prefiero primero primo prima hermano hermana hermosa hermoso madre padre padres mayor mejor menor \
         menos meses mesa mismo misma mucho mucha muchos muchas nada nadie nosotros otros otras otra otro \
         saber sabes sabe sabia salir salgo salen salon sale suena sueno suegra tarde tardar tele tema termas \
         tiempo tipo tira trae traer trabajo tren unos unas usar valor vale vamos varias varios vecino ver \
         avisar aviso avisame claro creo cree decir dice dicen dejar deja dejo dentro deseo despues dulce \
         duda dudas durante ellos ellas gente grande grandes gusta gustaria gusto hable habla hablo hola \
         hubo igual ideal idea jefe jovenes joven lado leer lejos llamar llamo llame llega llegan llegar \
         llego llena lleno lleva llevar llevo llueve lluvia luego mando manda mandar mandan mano manos medio \
         media mensaje mente mira mirar misa momento monte mundo norma numero paga pagan pague pais pampa \
         parece pasa pasan paso pasos paseo peor plata playa playas plaza pobre poca poco pocos precisa \
         preciso pregunta presta pronto pueblo punto quedo queda quedan quede quedar quita rato razon real \
         recien regalo rio rato rubio salud santa santo seguro segura seria serian siempre sigo sigue sigan \
         silla sino sitio sola solo somos sonar subir sucia sucio super tambien tenemos tenes tomo torta \
         trata tratar tuvo tuve vaya vengo venga venta ventas vez veces viajo viajamos vino viste volver \
         vuelve zona zonas cielo ciudad capital francia planta temporada baja alta banco banca bancar bosque \
         cerca cerro cierre ciclo cuarto cuartos cumple cumpleanos dormir dormimos encima escribo escribir \
         espera espero esperar final finales fines firme fuego fuera fuimos funcion ganas hambre hoja hacia \
         internet jardin lago lista local mamas mapa maquina mate menu metro minuto moto nena nene nino nombre \
         paciencia pasaje pelota perdi perfil pileta piscina policia posta posible problema quincho recibo \
         reciben remera ropa ruta sabana sirve tabla tanque tanda terraza tomando tomamos torre turno vacuna \
         valle vela vender vereda compro compra comprar trampa campo campos rampa lampara cabeza cadena \
         aceptar aceptan acepta admiten admite aborda aborta acorde acordamos cerrada cerrado cancha canchas \
         condicion condiciones decision version mision sesion leccion seccion estacion vacacion vacaciones \
         bancos costado costos sentado mentira mantener contar cortar cartera carpeta carpa carpas parrilla \
         parcial parecer cuidado cuidar correr corren correo correos cobro jueves juntos junta julepe",
    ),
    (
        Language::Pt,
        "partir parto partimos algum alguma alguns algumas conta contas custo casa casas porta parte tarde noiva noivo nome nossa nosso nunca outra outro gente \
         grande muito muita mesmo minha fazer ficar ficam falar forma tempo tenho temos quando quanta porque \
         posso pode podem poder estou estava estar ainda antes agora depois mais menos maior menor melhor \
         bonito bonita banho cama camas carro praia lago rio serra valor vista vida viagem viajar pagar \
         passar passear perto longe lugar mundo cidade estado esposa marido filho filha amigo amiga sobre \
         todos todas toda tudo cerca entre entrada entrar saber sabem seria sempre gosto gostei vamos vindo \
         quase quarto quartos marca terra sexto primo prima casal",
    ),
    (
        Language::En,
        "rather chance there these those their where which while would could should about after again also before being \
         between both come does done down each even every find first from good great have here house just \
         know large last late later like little long made make many more most much must name need never next \
         night nice now only other over part place quick quite right same seen some still such sure take than \
         thank that them then they thing think this time today under until very want water well went were \
         what when will with work world year your able bring being bed beds boat book books cook look room \
         rooms rest rate rates state stay stays start story store sunny money month months march match watch \
         price prize pride priced peace piece person reason season seven never ever even event fourth forty \
         weak week weeks whether weather either neither early yearly nearly clean clear close clothes",
    ),
];

/// Words so common that people leave their vowels out.
pub(super) const FREQUENT: &[(Language, &str)] = &[
    (
        Language::Es,
        "somos tenes tienen tiene quiero queremos cuanto cuantos cuesta noche noches personas persona lugar \
         disponible disponibilidad reserva reservar gracias manana viernes sabado domingo lunes martes jueves \
         miercoles enero febrero marzo abril agosto diciembre noviembre octubre hasta desde donde cuando cabana \
         cabanas finde semana perro perros mascota mascotas buenas buenos favor precio precios pago transferencia \
         mensaje wifi pileta cochera fotos foto direccion ubicacion hola chicos nenes adultos proximo siguiente \
         cancelar hoy libre libres",
    ),
    (
        Language::Pt,
        "quanto quantos noite noites pessoas pessoa reserva reservar obrigado obrigada amanha hoje sexta sabado \
         domingo segunda janeiro fevereiro dezembro preco valor foto fotos wifi piscina cachorro quando onde \
         disponivel cancelar criancas adultos",
    ),
    (
        Language::En,
        "night nights people price available availability weekend tomorrow please thanks booking reservation \
         friday saturday sunday monday january february december dog dogs photos wifi parking cancel adults kids",
    ),
];
