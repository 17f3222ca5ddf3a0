// What is said when the background cannot be blurred, in all languages of the page. It is loaded with the blur.

import type { Locale } from "../language/locale";
import type { WhyNoBlur } from "./blurred-track";

export type BlurTexts = Record<WhyNoBlur | "title" | "show" | "stay", string>;

export const BLUR_TEXTS: Record<Locale, BlurTexts> = {
  en: {
    title: "Your camera is off",
    slow: "This device is too slow to blur your background right now.",
    failed: "Your background could not be blurred.",
    show: "Show me without blur",
    stay: "Keep it off",
  },
  de: {
    title: "Deine Kamera ist aus",
    slow: "Dieses Gerät ist gerade zu langsam, um deinen Hintergrund unscharf zu machen.",
    failed: "Dein Hintergrund konnte nicht unscharf gemacht werden.",
    show: "Zeig mich ohne Unschärfe",
    stay: "Aus lassen",
  },
  es: {
    title: "Tu cámara está apagada",
    slow: "Este dispositivo va demasiado lento ahora para desenfocar tu fondo.",
    failed: "No se pudo desenfocar tu fondo.",
    show: "Mostrarme sin desenfoque",
    stay: "Dejarla apagada",
  },
  fr: {
    title: "Ta caméra est éteinte",
    slow: "Cet appareil est trop lent en ce moment pour flouter ton arrière-plan.",
    failed: "Ton arrière-plan n’a pas pu être flouté.",
    show: "Me montrer sans flou",
    stay: "La laisser éteinte",
  },
  pt: {
    title: "Sua câmera está desligada",
    slow: "Este aparelho está lento demais agora para desfocar o seu fundo.",
    failed: "Não foi possível desfocar o seu fundo.",
    show: "Me mostrar sem desfoque",
    stay: "Deixar desligada",
  },
  ru: {
    title: "Твоя камера выключена",
    slow: "Это устройство сейчас слишком медленное, чтобы размывать фон.",
    failed: "Не удалось размыть твой фон.",
    show: "Показать меня без размытия",
    stay: "Оставить выключенной",
  },
  tr: {
    title: "Kameran kapalı",
    slow: "Bu cihaz şu anda arka planını bulanıklaştırmak için çok yavaş.",
    failed: "Arka planın bulanıklaştırılamadı.",
    show: "Beni bulanıklık olmadan göster",
    stay: "Kapalı kalsın",
  },
  ar: {
    title: "الكاميرا مطفأة",
    slow: "هذا الجهاز أبطأ الآن من أن يموّه خلفيتك.",
    failed: "تعذّر تمويه خلفيتك.",
    show: "أظهِرني دون تمويه",
    stay: "أبقِها مطفأة",
  },
};
