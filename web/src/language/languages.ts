// The languages on offer, by the tags that browsers use (nb or nn for Norwegian, fil for Filipino).

export const LANGUAGES =
  "af am ar as ay az be bg bm bn bo br bs ca ce cs cy da de dv dz ee el en eo es et eu fa ff fi fil fj fo fr fy ga gd gl gn gu ha he hi hr ht hu hy id ig is it iu ja jv ka kk kl km kn ko ks ku ky lb lg ln lo lt lu lv mg mi mk ml mn mr ms mt my nb ne nl nn ny oc om or os pa pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tn to tr ts tt ug uk ur uz ve vi wo xh yi yo yue zh zu".split(
    " ",
  );

/** The own names of languages for which some browsers, such as Chromium, have no name. */
export const OWN_NAMES: Record<string, string> = {
  bo: "བོད་སྐད་",
  ce: "Нохчийн",
  dz: "རྫོང་ཁ",
  ff: "Fulfulde / Pulaar",
  fj: "Na Vosa Vakaviti",
  iu: "ᐃᓄᒃᑎᑐᑦ",
  kl: "Kalaallisut",
  ks: "کٲشُر",
  lu: "Tshiluba",
  os: "Ирон",
  rn: "Ikirundi",
  sc: "Sardu",
  se: "Davvisámegiella",
  sg: "Sängö",
  ss: "siSwati",
  ve: "Tshivenḓa",
};
