import type { WaitingTexts } from "../texts";

export const ar: WaitingTexts = {
  title: "في أثناء الانتظار",
  began_one: "بدأت هنا محادثة واحدة في الساعة الأخيرة.",
  began_two: "بدأت هنا محادثتان في الساعة الأخيرة.",
  began_few: "بدأت هنا {count} محادثات في الساعة الأخيرة.",
  began_many: "بدأت هنا {count} محادثة في الساعة الأخيرة.",
  began_other: "بدأت هنا {count} محادثة في الساعة الأخيرة.",
  usual: "كان الانتظار المعتاد {time}.",
  there: "الآن في {mode}: {count}",
  change: "ابحث في {mode}",
  dice: "ارمِ النرد",
  rolled: "{one} و{other}",
  double: "{one} و{other}: زوج متطابق!",
  doubles: "الأزواج: {doubles} من {rolls}. الصدفة تقول: واحد من ستة.",
};
