/**
 * COCO's 80 categories, each with what people call it: our own list, in the form of the official one. The official list
 * has more words for some, so scores are comparable only with those of the same list, which the signature names.
 */
export const COCO_OBJECTS = `
person, people, man, woman, boy, girl, child, kid, baby, toddler, infant, adult, guy, lady, gentleman, male, female, player, batter, pitcher, catcher, umpire, skier, snowboarder, skateboarder, skater, surfer, rider, biker, cyclist, driver, passenger, pedestrian, worker, chef, cook, waiter, waitress, officer, policeman, policewoman, cop, soldier, fireman, firefighter, farmer, teacher, student, doctor, nurse, bride, groom, mother, father, mom, dad, brother, sister, son, daughter, couple, friend, tourist, spectator, bystander, swimmer, cowboy, businessman, teenager, human
bicycle, bike, cycle, tricycle, unicycle
car, automobile, sedan, suv, taxi, cab, minivan, hatchback, limousine, convertible, jeep
motorcycle, motorbike, motor bike, motor cycle, scooter, moped, dirt bike
airplane, plane, aeroplane, air plane, jet, aircraft, airliner, jetliner, biplane, seaplane
bus, minibus, trolleybus, double decker, coach
train, locomotive, tram, subway, trolley, streetcar
truck, lorry, pickup, firetruck, fire truck, fire engine, tractor trailer
boat, ship, sailboat, canoe, kayak, ferry, yacht, rowboat, raft, gondola, motorboat, vessel
traffic light, street light, traffic signal, stop light, stoplight
fire hydrant, hydrant
stop sign
parking meter
bench, pew
bird, duck, goose, gull, seagull, pigeon, dove, parrot, owl, eagle, hawk, swan, ostrich, peacock, penguin, chicken, hen, rooster, crow, robin, sparrow, pelican, flamingo, heron, crane, turkey, finch, hummingbird
cat, kitten, kitty, feline, tabby
dog, puppy, pup, hound, poodle, beagle, terrier, labrador, retriever, collie, bulldog, dachshund, chihuahua, canine
horse, pony, foal, colt, mare, stallion, mustang
sheep, lamb, ram, ewe, goat
cow, cattle, bull, calf, ox, heifer, steer, oxen
elephant
bear, grizzly, polar bear, panda
zebra
giraffe
backpack, knapsack, rucksack
umbrella, parasol
handbag, purse, wallet, pocketbook
tie, necktie, bow tie
suitcase, suit case, luggage, briefcase
frisbee
skis, ski
snowboard
sports ball, ball, baseball, football, basketball, volleyball, soccer ball, tennis ball
kite
baseball bat
baseball glove, mitt
skateboard
surfboard, surf board, boogie board, longboard
tennis racket, racket, racquet, tennis racquet
bottle
wine glass, wineglass, goblet
cup, mug, teacup
fork
knife, pocketknife
spoon, teaspoon, tablespoon
bowl
banana
apple
sandwich, burger, hamburger, cheeseburger, sub
orange
broccoli
carrot
hot dog, hotdog
pizza
donut, doughnut, bagel
cake, cupcake, cheesecake, pancake
chair, seat, stool, armchair, recliner, lounger
couch, sofa, loveseat, futon, settee
potted plant, houseplant, plant
bed, mattress, crib, bunk bed
dining table, table, desk, tabletop, countertop, kitchen table, coffee table
toilet, urinal, commode
tv, television, monitor, screen
laptop, laptop computer, notebook computer
mouse, computer mouse
remote, remote control
keyboard
cell phone, mobile phone, phone, cellphone, telephone, smartphone, iphone
microwave, microwave oven
oven, stove, stove top, stovetop
toaster, toaster oven
sink, washbasin
refrigerator, fridge, freezer
book, textbook
clock, alarm clock
vase
scissors, scissor, shears
teddy bear, teddy, stuffed bear
hair drier, hair dryer, hairdryer, blow dryer
toothbrush
`.trim();
