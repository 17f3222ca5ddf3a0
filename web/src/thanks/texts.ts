// What reporters are told, in all languages of the page. They are loaded for them alone.

import type { Outcome } from "../http.generated";
import type { Locale } from "../language/locale";

export interface ThanksTexts {
  thanks: string;
  looked: string;
  /** What became of the report of a day. */
  told: string;
  outcomes: Record<Outcome, string>;
}

export const THANKS_TEXTS: Record<Locale, ThanksTexts> = {
  en: {
    thanks: "Thank you",
    looked: "Somebody looked at what you reported.",
    told: "{date}: {outcome}",
    outcomes: {
      acted: "Action was taken.",
      nothing_found: "We found nothing against the rules.",
      not_sure: "We could not be sure.",
    },
  },
  de: {
    thanks: "Danke",
    looked: "Jemand hat sich angesehen, was du gemeldet hast.",
    told: "{date}: {outcome}",
    outcomes: {
      acted: "Es ist etwas unternommen worden.",
      nothing_found: "Wir haben keinen Verstoß gegen die Regeln gefunden.",
      not_sure: "Wir konnten nicht sicher sein.",
    },
  },
  es: {
    thanks: "Gracias",
    looked: "Alguien ha revisado lo que denunciaste.",
    told: "{date}: {outcome}",
    outcomes: {
      acted: "Se han tomado medidas.",
      nothing_found: "No encontramos nada contra las reglas.",
      not_sure: "No pudimos estar seguros.",
    },
  },
  fr: {
    thanks: "Merci",
    looked: "Quelqu’un a examiné ce que tu as signalé.",
    told: "{date}\u00a0: {outcome}",
    outcomes: {
      acted: "Des mesures ont été prises.",
      nothing_found: "Nous n’avons rien trouvé de contraire aux règles.",
      not_sure: "Nous n’avons pas pu en être sûrs.",
    },
  },
  pt: {
    thanks: "Obrigado",
    looked: "Alguém analisou o que você denunciou.",
    told: "{date}: {outcome}",
    outcomes: {
      acted: "Foram tomadas medidas.",
      nothing_found: "Não encontramos nada contra as regras.",
      not_sure: "Não foi possível ter certeza.",
    },
  },
  ru: {
    thanks: "Спасибо",
    looked: "Твою жалобу посмотрел человек.",
    told: "{date}: {outcome}",
    outcomes: {
      acted: "Меры приняты.",
      nothing_found: "Мы не нашли нарушения правил.",
      not_sure: "Мы не смогли убедиться.",
    },
  },
  tr: {
    thanks: "Teşekkürler",
    looked: "Bildirdiğin şeye biri baktı.",
    told: "{date}: {outcome}",
    outcomes: {
      acted: "Gereken yapıldı.",
      nothing_found: "Kurallara aykırı bir şey bulmadık.",
      not_sure: "Emin olamadık.",
    },
  },
  ar: {
    thanks: "شكرًا لك",
    looked: "نظر شخص فيما أبلغت عنه.",
    told: "{date}: {outcome}",
    outcomes: {
      acted: "اتُّخذ إجراء.",
      nothing_found: "لم نجد ما يخالف القواعد.",
      not_sure: "لم نستطع التأكد.",
    },
  },
};
