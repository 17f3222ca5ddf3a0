// The offer to install the page, in all languages. It is loaded with the first call.

import type { Locale } from "../language/locale";

export interface InstallTexts {
  offer: string;
  install: string;
  no: string;
  /** How it is done in Safari on an iPhone or iPad. */
  ios: string;
}

export const INSTALL_TEXTS: Record<Locale, InstallTexts> = {
  en: {
    offer: "Put {site} on your home screen?",
    install: "Install",
    no: "No, thanks",
    ios: "To put {site} on your home screen, tap Share, then “Add to Home Screen”.",
  },
  de: {
    offer: "{site} auf den Startbildschirm legen?",
    install: "Installieren",
    no: "Nein, danke",
    ios: "So kommt {site} auf deinen Startbildschirm: Tippe auf „Teilen“, dann auf „Zum Home-Bildschirm“.",
  },
  es: {
    offer: "¿Poner {site} en tu pantalla de inicio?",
    install: "Instalar",
    no: "No, gracias",
    ios: "Para tener {site} en tu pantalla de inicio, toca Compartir y luego «Añadir a pantalla de inicio».",
  },
  fr: {
    offer: "Mettre {site} sur ton écran d’accueil ?",
    install: "Installer",
    no: "Non merci",
    ios: "Pour avoir {site} sur ton écran d’accueil, touche Partager, puis « Sur l’écran d’accueil ».",
  },
  pt: {
    offer: "Colocar {site} na sua tela inicial?",
    install: "Instalar",
    no: "Não, obrigado",
    ios: "Para ter {site} na tela inicial, toque em Compartilhar e depois em “Adicionar à Tela de Início”.",
  },
  ru: {
    offer: "Добавить {site} на главный экран?",
    install: "Установить",
    no: "Нет, спасибо",
    ios: "Чтобы добавить {site} на экран «Домой», нажми «Поделиться», затем «На экран „Домой“».",
  },
  tr: {
    offer: "{site} ana ekranına eklensin mi?",
    install: "Yükle",
    no: "Hayır, teşekkürler",
    ios: "{site} ana ekranında dursun istersen Paylaş’a, sonra “Ana Ekrana Ekle”ye dokun.",
  },
  ar: {
    offer: "هل تضيف {site} إلى الشاشة الرئيسية؟",
    install: "تثبيت",
    no: "لا، شكرًا",
    ios: "لإضافة {site} إلى الشاشة الرئيسية، اضغط «مشاركة» ثم «إضافة إلى الشاشة الرئيسية».",
  },
};
