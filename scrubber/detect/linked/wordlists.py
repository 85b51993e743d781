"""Words that are names too: English words that a name must not take out of every text.

Chosen by hand from the names in common lists that a dictionary has as well.
"""

from __future__ import annotations

from scrubber.model.honorifics import TITLES as HONORIFICS

FUNCTION_WORDS = frozenset(
    "a an and any are as at be but by can did do done for go got had has he her him his how i if "
    "in is it its let like ma may me more most much must my no not now of off oh on one or our "
    "out per see set she so some such sun than that the their them then there they this to too "
    "up us was we well were what when which who why will with would yes yet you your".split()
)
"""Words whose capital at the start of a sentence means nothing, so that alone they are not names
there."""

EVERYDAY_WORDS = frozenset(
    "abbey ace acre amber angel apple april arch archer arm arrow art ash august autumn baker "
    "ball banks bar barber bark barn base bath bay beach bean bear beard bell bench berry best "
    "bill bird bishop black blade blank blaze bloom blossom blue bolt bond bone book booth bow "
    "bowl box boy brand brave bread brick bridge bridges bright brook brown buck bull bush "
    "butcher butler butter buy cage cane cannon cape carpenter carter case cash castle chain "
    "chance change chapel charity chase cherry chestnut child christian church city clay clear "
    "clerk cliff close cloud coal coffee cold college cook coral corn cotton couch court craft "
    "crane cream cross crow crown cruise crystal cure daily daisy dark dash dawn day days dean "
    "dear diamond dock dove drew drummer duck early earth east ember emerald english fair faith "
    "falcon fall farmer fast father field fields fine fish fisher flood flower flowers fly ford "
    "forest foster fountain fox frank free freeman french friend frost fry full garden gardener "
    "gates gem genesis ghost gift ginger glass gold golden good grace grain grand grant grape "
    "grass grave graves gray green grey grove guest guy hall ham hand handy hank happy harbor "
    "hardy harmony hart haven hawk hay hazel head heart heath heather heaven heel help herb hill "
    "hills hit holiday holly holy home honey honor hood hook hope horn horse house hug hunt "
    "hunter iris iron ivory ivy jack jade jam jar jasmine jay jet jewel job jolly journey joy "
    "judge july june junior just justice key keys king knight lace lake lamb lance land lane "
    "lark last laurel lavender law laws lawyer lee lemon light lily lime link lion little lock "
    "long lord love low lucky lunch major man manner maple march margin marine mark marks marsh "
    "mason mat mate mayor meadow means melody mercy merit merry miles mill miller mills miner "
    "mint miracle mist mister money monk moon morning moss mount nail neat neck new news night "
    "noble noon north nurse nut oak ocean odd old olive opal orange page pain painter palm "
    "paradise park parker parks parrot pat patch patience peace peach peak pearl penny pepper "
    "pet pike pine pink piper place plain plant plum pole pond pool poor pope poppy porter post "
    "potter pound powder power powers precious price pride priest prince prior promise quick "
    "quill rain ram ranger raven ray reader reading real red reed reef rice rich rider ridge "
    "ring rise river rivers rob robin rock rod rogue roman rook root rose rosemary row royal "
    "ruby rush rusty sable sage sailor salmon salt sand sandy savage savannah say scales sea "
    "seal season senior sergeant shade sharp shell shepherd ship shore short silver singer "
    "skinner sky slaughter small smart snow sole son south spain sparrow spear speed spice "
    "spring squire stack star stark steel sterling stern steward stock stone storm story street "
    "strong sugar summer summers sunny swan sweet swift tailor tally tan tanner temple terrace "
    "tiger timber tower towers town tree trinity true trust truth twist usher valentine valley "
    "van victor victory vine viola violet wake walker wall walls ward warden water waters wave "
    "way weaver weeks welcome west wheat wheeler white whole wicker wild wind wine wing winner "
    "winter winters wise wit wolf wood woods wool word words worth wright yard young".split()
)
"""Alone, and not in capitals, these are no name."""

SALUTATIONS = frozenset("dear dearest hi hello hey patient client herr".split())
"""Words that a detector may include with a name."""

TITLES = HONORIFICS | SALUTATIONS | frozenset("lady dame lord don doña dona m".split())
"""Words that may precede a name, folded, without a full stop."""

PARTICLES = frozenset(
    "van von vom zu zum zur der den dem de del della di da do dos das du des la las le los al el "
    "bin ibn ben af av ter ten y e st".split()
)
"""Parts of a name that are none by themselves."""
