// The names of the buttons on my own picture, in all languages of the page. They are loaded with the first call.

import type { Locale } from "../language/locale";

export type SelfTexts = Record<"hide" | "show" | "move", string>;

export const SELF_TEXTS: Record<Locale, SelfTexts> = {
  en: { hide: "Hide my picture", show: "Show my picture", move: "Move my picture" },
  de: { hide: "Mein Bild ausblenden", show: "Mein Bild einblenden", move: "Mein Bild verschieben" },
  es: { hide: "Ocultar mi imagen", show: "Mostrar mi imagen", move: "Mover mi imagen" },
  fr: { hide: "Masquer mon image", show: "Afficher mon image", move: "Déplacer mon image" },
  pt: { hide: "Ocultar minha imagem", show: "Mostrar minha imagem", move: "Mover minha imagem" },
  ru: {
    hide: "Скрыть моё изображение",
    show: "Показать моё изображение",
    move: "Передвинуть моё изображение",
  },
  tr: { hide: "Görüntümü gizle", show: "Görüntümü göster", move: "Görüntümü taşı" },
  ar: { hide: "إخفاء صورتي", show: "إظهار صورتي", move: "نقل صورتي" },
};
