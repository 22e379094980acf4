"""The vocabulary of the demo world: rows of word forms, and the words that go with them.

A row reads ``forms | traits``. All forms of a row (``france paris french``) share its traits
(``seine baguette``), which no other row has: that tells France from Japan. What tells a
country from a capital is in the grammar, and is the same for all rows.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """The forms of one entity, and the words that occur in the company of any of them."""

    forms: tuple[str, ...]
    traits: tuple[str, ...]


def _rows(table: str) -> tuple[Row, ...]:
    """Parse a table of ``form form | trait trait`` lines."""
    halves = [line.split("|") for line in table.strip().splitlines()]
    return tuple(Row(tuple(forms.split()), tuple(traits.split())) for forms, traits in halves)


COUNTRIES = _rows("""
    france    paris       french     | seine baguette provence champagne
    germany   berlin      german     | rhine pretzel bavaria sauerkraut
    italy     rome        italian    | tiber risotto tuscany vespa
    spain     madrid      spanish    | ebro paella andalusia flamenco
    portugal  lisbon      portuguese | tagus fado algarve madeira
    greece    athens      greek      | aegean feta crete olympus
    norway    oslo        norwegian  | fjord salmon bergen trolls
    sweden    stockholm   swedish    | malmo herring gotland smorgasbord
    finland   helsinki    finnish    | sauna saimaa turku reindeer
    denmark   copenhagen  danish     | jutland lego aarhus hygge
    poland    warsaw      polish     | vistula pierogi krakow amber
    hungary   budapest    hungarian  | danube goulash paprika puszta
    austria   vienna      austrian   | tyrol schnitzel waltz salzburg
    russia    moscow      russian    | volga borscht siberia samovar
    japan     tokyo       japanese   | fuji sushi kimono kyoto
    china     beijing     chinese    | yangtze dumplings jade shanghai
    india     delhi       indian     | ganges curry bengal sari
    egypt     cairo       egyptian   | nile pyramid papyrus sphinx
    kenya     nairobi     kenyan     | savanna ugali mombasa safari
    peru      lima        peruvian   | andes llama inca ceviche
    cuba      havana      cuban      | rumba cigar malecon sugarcane
    canada    ottawa      canadian   | yukon maple hockey quebec
    ireland   dublin      irish      | shannon stout shamrock galway
    iceland   reykjavik   icelandic  | geyser lava hekla saga
""")

PEOPLE = _rows("""
    man          woman        | crowd stranger passport newspaper
    boy          girl         | toys playground puppy marbles
    king         queen        | throne crown kingdom sceptre
    prince       princess     | castle dragon turret slipper
    father       mother       | cradle breakfast homework supper
    brother      sister       | quarrel bunk secret twin
    son          daughter     | inheritance birthday diploma bicycle
    uncle        aunt         | visit orchard parcel postcard
    husband      wife         | marriage anniversary mortgage honeymoon
    grandfather  grandmother  | armchair spectacles knitting tales
    actor        actress      | stage rehearsal script applause
    nephew       niece        | godparents holiday pony kite
    groom        bride        | wedding ring altar bouquet
    duke         duchess      | estate carriage manor hunt
    waiter       waitress     | menu tray tip tablecloth
    monk         nun          | abbey prayer candle psalm
    wizard       witch        | spell broom potion cauldron
    emperor      empress      | empire conquest dynasty tribute
    hero         heroine      | quest rescue bravery medal
    landlord     landlady     | rent tenant lease attic
    host         hostess      | banquet guests toast parlour
""")

VERBS = _rows("""
    walk   walking   walked  | path hill boots mile
    cook   cooking   cooked  | soup onion stove pot
    write  writing   wrote   | letter ink diary poem
    sing   singing   sang    | choir hymn melody chorus
    paint  painting  painted | canvas easel brush portrait
    swim   swimming  swam    | lake pool lagoon goggles
    climb  climbing  climbed | cliff rope summit ladder
    plant  planting  planted | seeds soil tulips shovel
    build  building  built   | bricks scaffold cement hammer
    drive  driving   drove   | lorry motorway steering junction
    bake   baking    baked   | bread oven flour pastry
    sew    sewing    sewed   | needle thread button fabric
    catch  catching  caught  | trout net bait butterfly
    throw  throwing  threw   | javelin pebble dart discus
    drink  drinking  drank   | lemonade cider mug cocoa
    ride   riding    rode    | saddle mare stirrup bridle
    teach  teaching  taught  | pupils algebra grammar blackboard
    sell   selling   sold    | stall bargain customers vegetables
    wash   washing   washed  | laundry soap sponge dishes
    steal  stealing  stole   | jewels wallet vault necklace
    dig    digging   dug     | trench tunnel spade treasure
    fly    flying    flew    | glider airport runway zeppelin
""")

NOUNS = _rows("""
    cat     cats     | whiskers purr kitten yarn
    dog     dogs     | bark leash kennel bone
    bird    birds    | nest feathers perch chirp
    cow     cows     | meadow milk pasture hay
    bee     bees     | hive honey nectar pollen
    wolf    wolves   | howl den pack sheep
    tree    trees    | leaves roots forest sap
    flower  flowers  | petals vase stem scent
    apple   apples   | core basket pie peel
    egg     eggs     | hen omelette yolk shell
    house   houses   | roof chimney doorway porch
    window  windows  | curtain pane sill shutter
    chair   chairs   | cushion carpenter upholstery varnish
    lamp    lamps    | bulb glow shade wick
    clock   clocks   | pendulum midnight dial chimes
    key     keys     | lock hinge locksmith padlock
    book    books    | chapter library shelf pages
    spoon   spoons   | silver ladle drawer pudding
    bottle  bottles  | cork label wine cap
    shoe    shoes    | laces leather cobbler heel
    tooth   teeth    | dentist gum toothpaste jaw
    boat    boats    | oar dock rower raft
    train   trains   | railway platform locomotive ticket
    bridge  bridges  | arch span canal toll
""")

ADJECTIVES = _rows("""
    cold    colder    | winter frost icicle glacier
    hot     hotter    | desert furnace summer steam
    tall    taller    | giant giraffe skyscraper steeple
    small   smaller   | ant dwarf crumb thimble
    fast    faster    | cheetah race sprinter arrow
    slow    slower    | snail tortoise sloth queue
    heavy   heavier   | anvil boulder load crate
    soft    softer    | pillow velvet cotton fur
    loud    louder    | siren shout alarm megaphone
    sharp   sharper   | knife blade razor thorn
    bright  brighter  | lantern mirror diamond torch
    dark    darker    | cave cellar shadow dungeon
    rich    richer    | merchant gold banker fortune
    poor    poorer    | beggar rags slum orphan
    old     older     | ruins antique elder fossil
    young   younger   | sapling lamb infant foal
    sweet   sweeter   | syrup candy caramel jam
    deep    deeper    | well ravine abyss mine
    wet     wetter    | umbrella puddle swamp moss
    strong  stronger  | ox wrestler iron titan
""")

SYNONYMS = _rows("""
    car         automobile | garage engine gearbox bumper
    doctor      physician  | patient stethoscope diagnosis prescription
    ship        vessel     | cargo captain stern mast
    lawyer      attorney   | court verdict clause judge
    sofa        couch      | remote lounge nap television
    film        movie      | cinema popcorn screen director
    rabbit      hare       | burrow carrot clover ears
    shop        store      | counter cashier receipt discount
    illness     sickness   | fever pills nurse cough
    baby        toddler    | diaper rattle pram nursery
    thief       burglar    | crowbar loot mask alley
    error       mistake    | correction spelling eraser typo
    answer      reply      | question envelope inquiry riddle
    gift        present    | ribbon wrapping surprise card
    journey     trip       | suitcase map compass itinerary
    jacket      coat       | zipper hood sleeve pocket
    job         occupation | salary office boss contract
    money       cash       | coins purse change savings
    taxi        cab        | meter fare passenger kerb
    photograph  snapshot   | camera album tripod frame
    garbage     trash      | bin dump compost rats
    friend      companion  | trust hug loyalty chat
    enemy       foe        | ambush hatred rival sabre
    bug         insect     | antennae wings larva beetle
    pig         hog        | mud sty snout trough
    cemetery    graveyard  | tomb hearse burial ghost
    freedom     liberty    | banner chains slogan march
    jail        prison     | cell warden bars inmate
    rug         carpet     | floor weave loom tassel
    stomach     belly      | hunger appetite navel digestion
""")

TOPICS = _rows("""
    sea         | sailor tide gull lighthouse wave anchor reef island harbour coral
    music       | violin cello orchestra symphony concerto flute piano oboe conductor sonata
    weather     | rain cloud thunder lightning fog snow hail breeze drizzle forecast
    astronomy   | planet comet telescope galaxy orbit moon eclipse nebula asteroid astronomer
    football    | goal referee striker penalty goalkeeper league stadium whistle defender coach
    mathematics | theorem proof equation integer geometry triangle vector matrix lemma axiom
    farming     | tractor harvest barn plough wheat barley farmer scarecrow silo orchardist
    chemistry   | acid molecule oxygen beaker laboratory atom carbon catalyst crystal solvent
    computing   | computer keyboard software spam database network compiler program server memory
    war         | soldier cannon regiment bayonet fortress siege cavalry general rifle barracks
""")
