//! Argentina's public holidays of 2026 to 2028, as a start that the owner corrects.

use crate::sql::Sql;

pub(crate) const MIGRATION: Sql = Sql {
    name: "m20261124_090500_insert_holidays",
    up: UP,
    down: DOWN,
};

// Ley 27.399: the movable ones (17 June, 17 August, 12 October, 20 November) go to the Monday before when
// they fall on a Tuesday or Wednesday and to the Monday after from a Thursday or Friday. The bridge days of
// 2026 are decreed; those of the later years are the ones the law allows and are marked as expected.
const UP: &str = "
INSERT INTO holidays (date, name) VALUES
    ('2026-01-01', 'Año Nuevo'),
    ('2026-02-16', 'Carnaval'),
    ('2026-02-17', 'Carnaval'),
    ('2026-03-23', 'Puente turístico'),
    ('2026-03-24', 'Día de la Memoria'),
    ('2026-04-02', 'Día del Veterano y de los Caídos en Malvinas'),
    ('2026-04-03', 'Viernes Santo'),
    ('2026-05-01', 'Día del Trabajador'),
    ('2026-05-25', 'Revolución de Mayo'),
    ('2026-06-15', 'Martín Miguel de Güemes (trasladado del 17)'),
    ('2026-06-20', 'Manuel Belgrano'),
    ('2026-07-09', 'Día de la Independencia'),
    ('2026-07-10', 'Puente turístico'),
    ('2026-08-17', 'José de San Martín'),
    ('2026-10-12', 'Respeto a la Diversidad Cultural'),
    ('2026-11-23', 'Soberanía Nacional (trasladado del 20)'),
    ('2026-12-07', 'Puente turístico'),
    ('2026-12-08', 'Inmaculada Concepción'),
    ('2026-12-25', 'Navidad'),
    ('2027-01-01', 'Año Nuevo'),
    ('2027-02-08', 'Carnaval'),
    ('2027-02-09', 'Carnaval'),
    ('2027-03-24', 'Día de la Memoria'),
    ('2027-03-26', 'Viernes Santo'),
    ('2027-04-02', 'Día del Veterano y de los Caídos en Malvinas'),
    ('2027-05-01', 'Día del Trabajador'),
    ('2027-05-24', 'Puente turístico (previsto)'),
    ('2027-05-25', 'Revolución de Mayo'),
    ('2027-06-20', 'Manuel Belgrano'),
    ('2027-06-21', 'Martín Miguel de Güemes (trasladado del 17)'),
    ('2027-07-09', 'Día de la Independencia'),
    ('2027-08-16', 'José de San Martín (trasladado del 17)'),
    ('2027-10-11', 'Respeto a la Diversidad Cultural (trasladado del 12)'),
    ('2027-11-20', 'Soberanía Nacional'),
    ('2027-12-08', 'Inmaculada Concepción'),
    ('2027-12-25', 'Navidad'),
    ('2028-01-01', 'Año Nuevo'),
    ('2028-02-28', 'Carnaval'),
    ('2028-02-29', 'Carnaval'),
    ('2028-03-24', 'Día de la Memoria'),
    ('2028-04-02', 'Día del Veterano y de los Caídos en Malvinas'),
    ('2028-04-14', 'Viernes Santo'),
    ('2028-05-01', 'Día del Trabajador'),
    ('2028-05-25', 'Revolución de Mayo'),
    ('2028-05-26', 'Puente turístico (previsto)'),
    ('2028-06-17', 'Martín Miguel de Güemes'),
    ('2028-06-19', 'Puente turístico (previsto)'),
    ('2028-06-20', 'Manuel Belgrano'),
    ('2028-07-09', 'Día de la Independencia'),
    ('2028-08-21', 'José de San Martín (trasladado del 17)'),
    ('2028-10-16', 'Respeto a la Diversidad Cultural (trasladado del 12)'),
    ('2028-11-20', 'Soberanía Nacional'),
    ('2028-12-08', 'Inmaculada Concepción'),
    ('2028-12-25', 'Navidad')
ON CONFLICT DO NOTHING;
";

const DOWN: &str = "
DELETE FROM holidays WHERE date BETWEEN '2026-01-01' AND '2028-12-31';
";
