//! What the pages about accommodations say.

use crate::admin::words::texts;

texts! {
    /// The texts about accommodations, in one language.
    PlaceWords {
        new: "Nuevo alojamiento", "New accommodation";
        new_hint: "Después vas a poder poner temporadas, condiciones y fotos.", "Seasons, terms and pictures come after.";
        edit_facts: "Editar los datos", "Edit the details";
        edit_terms: "Editar las condiciones", "Edit the terms";
        inactive: "No se vende", "Not for sale";
        active: "Se puede reservar", "It can be booked";
        active_hint: "Sin marcar, nadie lo puede reservar; lo ya reservado sigue.", "Unticked, nobody can book it; what is booked stays.";
        aliases: "Otros nombres, uno por línea", "Other names, one a line";
        aliases_hint: "Como lo llaman los huéspedes cuando escriben.", "What guests call it when they write.";
        kind: "Tipo", "Kind";
        kind_cabin: "Cabaña", "Cabin";
        kind_house: "Casa", "House";
        kind_apartment: "Departamento", "Apartment";
        kind_room: "Habitación", "Room";
        kind_invalid: "Elegí un tipo.", "Choose a kind.";
        capacity: "Cuántas personas entran", "How many can sleep there";
        capacity_invalid: "Escribí cuántas personas entran, de 1 a 30.", "Write how many can sleep there, from 1 to 30.";
        description: "Descripción", "Description";
        amenities_lines: "Comodidades, una por línea", "Amenities, one a line";
        area: "Zona (la ve cualquiera)", "Area (told to anybody)";
        address: "Dirección (la ve quien confirmó)", "Address (told to confirmed guests)";
        access: "Cómo llegar y entrar (lo ve quien confirmó)", "How to arrive and get in (told to confirmed guests)";
        text_invalid: "Es demasiado largo: hasta 1500 letras.", "It is too long: at most 1500 letters.";
        lines_invalid: "Cada línea, hasta 120 letras; hasta 40 líneas.", "Each line at most 120 letters; at most 40 lines.";
        weekend_nights: "Noches de fin de semana", "Weekend nights";
        thu: "jueves", "Thursday";
        fri: "viernes", "Friday";
        sat: "sábado", "Saturday";
        sun: "domingo", "Sunday";
        holiday_percent: "Feriado, en % de la noche", "Holiday, in % of the night";
        included: "Personas incluidas en la noche", "Guests that the night covers";
        included_invalid: "Las personas incluidas van de 1 a las que entran.", "The guests that are covered are from 1 to those who fit.";
        season_add: "Agregar una temporada", "Add a season";
        season_first: "Primera noche", "First night";
        season_end: "Termina el (esa noche ya no cuenta)", "Ends on (that night is not in it)";
        season_nightly: "Noche, en pesos", "Night, in pesos";
        season_minimum: "Mínimo de noches", "Minimum of nights";
        season_closed: "Cerrado: no se vende", "Closed: not for sale";
        season_hint: "Si dos se pisan manda la de más arriba; la más corta se pone arriba sola.", "Where two overlap the upper one counts; the shorter is put above by itself.";
        season_invalid: "Revisá las fechas: la temporada termina después de empezar.", "Check the dates: a season ends after it begins.";
        season_remove: "Quitar", "Remove";
        season_remove_sure: "¿Quitar esta temporada?", "Remove this season?";
        seasons_many: "Ya hay 60 temporadas: quitá alguna.", "There are 60 seasons already: remove some.";
        seasons_none: "Todo el año cuesta lo mismo.", "The whole year costs the same.";
        deposit: "Seña, en % del total", "Deposit, in % of the total";
        whole_within: "Se pide el total si faltan (días) o menos", "The whole is asked for within (days)";
        hold: "Pre-reserva, en minutos", "Hold, in minutes";
        free_until: "Cancelación sin cargo hasta (horas antes)", "Free cancellation until (hours before)";
        late: "Después se devuelve, en %", "Given back after that, in %";
        notice: "Anticipación mínima, en días", "Notice, in days";
        horizon: "Se vende hasta (días desde hoy)", "Sold until (days from today)";
        preparation: "Días libres entre estadías", "Days kept free between stays";
        check_in: "Entrada desde", "Arrival from";
        check_out: "Salida hasta", "Departure by";
        pets: "Se aceptan mascotas", "Animals are welcome";
        vouchers: "Se puede pagar con cupón en efectivo", "Cash vouchers are allowed";
        terms_hint: "Vale para lo que se reserve desde ahora.", "It holds for what is booked from now on.";
        share_invalid: "El porcentaje va hasta 100, y la seña es al menos 1.", "A percentage is at most 100, and the deposit at least 1.";
        days_invalid: "Los días van de 0 a 60.", "Days are from 0 to 60.";
        hold_invalid: "La pre-reserva dura de 5 a 1440 minutos.", "A hold lasts from 5 to 1440 minutes.";
        hours_invalid: "Las horas van de 0 a 2160.", "Hours are from 0 to 2160.";
        horizon_invalid: "Se vende de 30 a 1095 días para adelante.", "Nights are sold from 30 to 1095 days ahead.";
        preparation_invalid: "Entre estadías quedan libres de 0 a 7 días.", "From 0 to 7 days are kept free between stays.";
        time_invalid: "Escribí la hora como 15:00.", "Write the time like 15:00.";
        times_cross: "La salida tiene que ser antes de la entrada del que llega.", "Departure must be before the arrival of who comes next.";
        photos: "Fotos", "Pictures";
        photos_none: "Sin fotos: el bot no tiene nada para mostrar.", "No pictures: the bot has nothing to show.";
        photo_add: "Agregar una foto", "Add a picture";
        photo_address: "Dirección de la foto", "Address of the picture";
        photo_hint: "Empieza con https://. WhatsApp la busca ahí cuando un huésped pide fotos.", "It begins with https://. WhatsApp fetches it there when a guest asks for pictures.";
        photo_caption: "Qué muestra", "What it shows";
        photo_first: "Poner primera", "Put first";
        photo_remove: "Quitar", "Remove";
        photo_invalid: "La dirección de la foto empieza con https:// y no tiene espacios.", "The picture's address begins with https:// and has no spaces.";
        photos_many: "Ya hay 20 fotos: quitá alguna.", "There are 20 pictures already: remove some.";
    }
}
