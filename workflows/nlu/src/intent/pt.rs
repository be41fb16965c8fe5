//! What guests write in Brazilian Portuguese. Words are folded: no accents, "fim de semana" is
//! `finde`, "check in" is `checkin`.

use crate::Intent;
use crate::intent::{CERTAIN, Class, HINT, PLAIN, Row, STRONG};

/// Words that phrases use together.
pub(super) const CLASSES: &[Class] = &[];

pub(super) const TABLE: &[Row] = &[
    (
        Intent::Availability,
        STRONG,
        &[
            "dispon*",
            "tem|teriam|tens|ha|existe|tera|sobrou|teria .. vaga|vagas|lugar|livre|livres|algo|data|datas",
            "esta|estao|estara .. livre|livres|ocupad*|desocupad*|vago|vaga",
            "vaga|vagas",
            "quais datas|dias",
            "tem|teriam|ha|teria .. cabana|chale|quarto|casa .. para|pro|no|de|entre|dia",
        ],
    ),
    (
        Intent::Availability,
        PLAIN,
        &[
            "livre|livres",
            "alug*",
            "procuro|procuramos|procurando|busco|preciso|precisamos|quero|queremos|queria|gostaria|gostariamos .. cabana|chale|quarto|casa|hospedagem|lugar|hospedar*|ficar|acomodacao|pousada",
            "tem|teriam|ha para|pro|pra|entre|no|dia",
            "hospedagem|acomodacao",
            "podemos|posso|gostaria|gostariamos|queremos|queria de? ir|ficar|passar",
        ],
    ),
    (
        Intent::Availability,
        HINT,
        &["data|datas", "lugar", "estadia"],
    ),
    (
        Intent::Waitlist,
        CERTAIN,
        &[
            "lista de espera",
            "avis* .. se|quando .. vaga|cancel*|liber*|desist*",
        ],
    ),
    (
        Intent::Price,
        STRONG,
        &[
            "preco|precos",
            "quanto .. custa|custam|sai|fica|ficaria|e|sao|cobra*|custaria|seria|sairia|vale|esta",
            "qual .. valor|preco|custo|diaria|tarifa",
            "valor|valores|tarifa|tarifas|orcamento|cotacao",
            "quanto .. pagar|pagaria|noite|diaria|pessoa",
            "quanto por|pra|para|a|o",
            "tabela de precos",
        ],
    ),
    (
        Intent::Price,
        PLAIN,
        &[
            "desconto|descontos|promocao|promocoes|oferta|ofertas",
            "mais barat*",
            "caro|barato|barata",
            "por noite|pessoa|dia",
            "diaria ?",
        ],
    ),
    (Intent::Price, HINT, &["quanto", "custo|custos"]),
    (
        Intent::Book,
        CERTAIN,
        &[
            "quero|queria|gostaria|queremos|gostariamos|preciso|posso|podemos|desejo|vou|vamos .. reservar|reserva-la|reservo|agendar",
            "quero|queria|gostaria|queremos|preciso|desejo|gostariamos .. fazer|efetuar|realizar .. reserva",
        ],
    ),
    (
        Intent::Book,
        STRONG,
        &[
            "reservar",
            "fazer|faco|fazemos|faz|faca .. uma|a|minha reserva",
            "reserva pra|para mim|nos|a|o|essa",
            "reserve|reservem|reservamos",
            "como reservo|reservar",
            "nova reserva",
        ],
    ),
    (
        Intent::Book,
        PLAIN,
        &[
            "vou|vamos ficar com",
            "fico|ficamos com",
            "guarda|guarde|segura|separa|bloqueia pra|para|a|essa",
            "quero|queremos essa|esse|esta|a|o",
        ],
    ),
    (Intent::Book, HINT, &["reserva"]),
    (
        Intent::Amenities,
        STRONG,
        &[
            "o|quais que .. inclui|inclusos|oferece|oferecem|servicos|tem",
            "quais .. servicos|comodidades",
            "tem|tens|inclui|possui|oferece|oferecem|existe .. wifi|internet|piscina|estacionamento|garagem|churrasqueira|cozinha|geladeira|lencois|toalhas|roupa|ar|aquecimento|lareira|tv|cafe|banheira|hidromassagem|jacuzzi|vista|microondas|berco",
            "quantos|quantas .. quartos|camas|banheiros|pessoas|cabem",
            "como e|sao .. cabana|chale|quarto|casa|lugar|pousada",
            "pode .. fumar|churrasco|fogueira|festa",
        ],
    ),
    (
        Intent::Amenities,
        PLAIN,
        &[
            "wifi|internet",
            "piscina|estacionamento|garagem|churrasqueira|cozinha|geladeira|lencois|toalhas|aquecimento|lareira|televisao|tv|hidromassagem|jacuzzi|microondas|berco|varanda",
            "ar condicionado",
            "cafe da manha",
            "servicos|comodidades|inclui|incluso|inclusos|incluido",
            "roupa de cama|banho",
            "quartos|camas|banheiros",
        ],
    ),
    (
        Intent::Pets,
        STRONG,
        &[
            "aceita*|permit*|pode|podem|posso|podemos|recebe*|admite* .. pet*|animal|animais|cachorr*|gato*|cao|caes",
            "pet*|animal|animais|cachorr*|gato* .. permit*|aceit*|pode*",
            "petfriendly",
        ],
    ),
    (
        Intent::Pets,
        HINT,
        &[
            "pet|pets|cachorro|cachorra|cachorros|cachorrinho|gato|gatos|gata|animal|animais|cao|caes",
        ],
    ),
    (
        Intent::Photos,
        STRONG,
        &["foto|fotos|imagem|imagens|video|videos|📷"],
    ),
    (
        Intent::Photos,
        PLAIN,
        &[
            "mostra|mostrar|ver .. cabana|chale|quarto|casa|lugar",
            "instagram",
        ],
    ),
    (
        Intent::Location,
        STRONG,
        &[
            "endereco",
            "localizacao|localizad*",
            "onde .. fica|ficam|e|esta|estao|localiza*",
            "como .. chego|chegar|chega|chegamos",
            "mapa|maps|gps|coordenadas",
            "perto|longe|distancia .. do|da|de",
            "fica longe|perto",
            "qual bairro|cidade|regiao",
        ],
    ),
    (Intent::Location, PLAIN, &["longe|perto|distancia"]),
    (
        Intent::CheckinInfo,
        CERTAIN,
        &[
            "que|qual horas|hora|horario .. entr*|sai*|cheg*|checkin|checkout|podemos|posso|pode|e",
            "horario|horarios|hora de|do|da entrada|saida|checkin|checkout|chegada",
            "late|early checkout|checkin",
            "chegamos|chego|chegaremos|chegarei|chegar as|de|umas|por",
        ],
    ),
    (
        Intent::CheckinInfo,
        STRONG,
        &[
            "que horas|horario",
            "horario|horarios",
            "chave|chaves",
            "chegar|chegamos|chego|entrar .. tarde|noite|cedo|madrugada|antes|depois",
            "deixar .. malas|bagagem",
        ],
    ),
    (Intent::CheckinInfo, HINT, &["checkin", "checkout"]),
    (
        Intent::Payment,
        CERTAIN,
        &[
            "link de|do|para pagamento|pagar",
            "formas|forma|meios|metodos|meio de pagamento|pagar",
            "como .. pago|pagar|pagamos|pagamento|transfiro",
            "ja paguei|transferi|fiz .. pix|pagamento|transferencia|deposito",
            "ja paguei|transferi|depositei",
            "nao .. consigo|consegui|funciona|deixa|abre .. pagar|link|pagamento",
            "quanto|valor .. sinal|entrada|deposito",
        ],
    ),
    (
        Intent::Payment,
        STRONG,
        &[
            "aceita*|aceit* .. pix",
            "pix|boleto|cartao|cartoes|parcela*|credito|debito|dinheiro",
            "transferencia|transferir|deposito|depositar",
            "comprovante|recibo|nota+fiscal",
            "link",
            "sinal",
            "mercadopago",
            "conta bancaria|banco",
        ],
    ),
    (
        Intent::Payment,
        PLAIN,
        &["pagar|pago|paguei|pagamento|pagamentos|pagamos"],
    ),
    (
        Intent::Extend,
        CERTAIN,
        &[
            "mais tempo|prazo|dias|horas .. pagar|pagamento|transferir",
            "mais tempo|prazo",
            "segur* .. reserva .. ate|mais",
        ],
    ),
    (
        Intent::Status,
        CERTAIN,
        &[
            "status|estado|situacao .. reserva",
            "minha|nossa reserva .. confirmad*|ok|certa|ativa|de+pe",
            "ficou|esta|foi|estao .. confirmad*|reservad*",
            "ver|consultar|checar|verificar|saber .. minha|minhas|da|nossa reserva|reservas",
            "quando|que+dia .. minha|nossa reserva",
        ],
    ),
    (
        Intent::Status,
        STRONG,
        &[
            "minhas reservas",
            "dados|detalhes|codigo|numero .. minha|da reserva",
            "tenho|tinha|fiz uma? reserva",
            "confirmad*",
        ],
    ),
    (Intent::Status, PLAIN, &["minha|nossa reserva"]),
    (
        Intent::Modify,
        CERTAIN,
        &[
            "mudar|mudo|alterar|altero|trocar|troco|remarcar|adiar|adiantar|modificar|reagendar|estender|prolongar|antecipar .. reserva|data|datas|dia|dias|noite|noites|estadia|chegada|saida|semana|fim|finde",
            "mudanca|alteracao|troca de data|datas|planos",
            "remarcar|reagendar|adiar",
            "acrescentar|adicionar|incluir|tirar .. noite|noites|dia|pessoa|pessoas|reserva",
            "ficar mais|outra",
        ],
    ),
    (
        Intent::Modify,
        STRONG,
        &[
            "outra data",
            "mais uma|# noite|noites|dia|diaria|pessoa",
            "uma|# noite|dia|noites a? mais|menos",
            "um|# dia|dias antes|depois",
            "alterar|mudar|modificar",
        ],
    ),
    (
        Intent::CancellationPolicy,
        CERTAIN,
        &[
            "politica|politicas|condicoes|regras .. cancel*",
            "que acontece .. cancel*",
            "se eu? cancelar|cancelarmos|precisar|tiver",
            "cancel* .. gratis|gratuito|sem+custo|multa|reembolso",
            "posso|pode cancelar .. ate|sem|gratis|?",
            "politica",
        ],
    ),
    (
        Intent::Cancel,
        CERTAIN,
        &[
            "quero|queria|preciso|gostaria|queremos|vou|vamos|precisamos|desejo|posso|tenho que .. cancelar|desmarcar|anular",
            "cancel* .. reserva|estadia|tudo",
            "nao quero mais",
            "desistir|desisto|desistimos|arrepend*",
        ],
    ),
    (
        Intent::Cancel,
        STRONG,
        &[
            "cancel*",
            "desmarcar|anular",
            "reembolso|estorno|devol* .. dinheiro",
        ],
    ),
    (
        Intent::Cancel,
        PLAIN,
        &["nao .. vamos|vou|podemos|posso|poderemos|poderei .. ir|viajar"],
    ),
    (
        Intent::Human,
        CERTAIN,
        &[
            "fal*|convers*|contato|tratar .. com .. pessoa|alguem|humano|atendente|dono|dona|gerente|responsavel|voces|recepcao",
            "atendimento humano|pessoal",
            "alguem .. atend*|ajud*|respond*|lig*",
            "pessoa de verdade|real|humana",
            "me lig*|ligue*|liga|ligar",
            "telefone|numero .. ligar|contato|falar",
            "quero ser atendid*",
            "passa*|transf* .. para|pra|com .. alguem|atendente|pessoa",
            "tem alguem",
        ],
    ),
    (
        Intent::Human,
        STRONG,
        &[
            "humano|humana|atendente|atendentes|recepcionista",
            "robo|bot|maquina",
            "quero|preciso|posso|gostaria|queria de? falar|conversar",
        ],
    ),
    (
        Intent::Complaint,
        STRONG,
        &[
            "reclam*|queixa|denunci*",
            "nao .. funcion*|funciona|ligava|esquenta*|liga",
            "nao .. tem|tinha|ha agua|luz|aquecimento|internet",
            "muito|pessimo|pessima|mau|mal|horrivel ruim|atendimento|mal|servico|experiencia",
            "suj*|quebrad*|barata|baratas|mofo|cheiro|vergonha|absurdo|pessim*|horrivel|decepcion*|golpe|mentira|enganad*",
            "ninguem .. respond*|atend*|aparec*",
            "nao .. respond*|atend*",
        ],
    ),
    (
        Intent::OptOut,
        CERTAIN,
        &[
            "^ sair|parar|baixa|baja|stop $",
            "nao .. mand*|envi*|escrev* .. mais|mensag*",
            "par* .. de .. mandar|enviar|mensag*|incomod*|escrever",
            "nao .. quero|queremos .. receber|mensag*",
            "descadastr*|desinscrev*|unsubscribe",
            "tir*|remov*|apag*|exclu* .. numero|lista|contato|dados",
            "nao me .. mande*|envie*|escreva*|perturb*|incomod*",
            "spam",
        ],
    ),
    (
        Intent::Greeting,
        HINT,
        &[
            "oi|ola|oie|hello|hola|alo|opa|👋",
            "bom|boa dia|tarde|noite",
            "tudo bem|bom|certo",
            "como vai|esta|voces",
        ],
    ),
    (
        Intent::Menu,
        HINT + 1,
        &[
            "menu|opcoes|ajuda|inicio",
            "como funciona",
            "informacoes|informacao|duvida|pergunta",
            "nao entendi|entendo",
        ],
    ),
    (
        Intent::Thanks,
        HINT + 1,
        &[
            "obrigado|obrigada|obrigadao|obrigadinho|brigado|brigada|grato|grata|valeu|agradeco|🙏|gracias|thanks",
        ],
    ),
    (
        Intent::Affirm,
        HINT,
        &[
            "sim|ok|claro|perfeito|certo|isso|confirmo|confirmado|pode|beleza|fechado|combinado|otimo|otima|blz|bom|bora|vamos|aceito|exato|👍|✅|show|legal|positivo|si|confirmar|uhum|aham",
            "de acordo",
            "com certeza",
            "pode ser",
            "tudo certo",
        ],
    ),
    (
        Intent::Deny,
        HINT + 1,
        &[
            "nao|nenhum|nenhuma|negativo|nunca|👎|❌|jamais",
            "melhor nao",
            "ainda nao",
            "por+enquanto|agora nao",
            "nada mais",
            "deixa pra la",
        ],
    ),
    (
        Intent::Unknown,
        CERTAIN + 2,
        &[
            "capital da|do|de",
            "quem ganhou|e o presidente|descobriu|inventou",
            "piada|receita|poema",
            "futebol|jogo+do|flamengo|palmeiras|corinthians",
            "ignore .. instrucoes",
            "quanto e # mais|vezes|menos #",
            "que horas sao",
        ],
    ),
];
