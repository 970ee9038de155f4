(** Theorem 1 in every dimension and at every depth: under (A), theta follows the mirror flow of one convex entropy on R^d,
    the same for every differentiable loss.  Nothing is cited: the entropy is that of Entropy.v, summed over the coordinates. *)
From Coq Require Import Reals Arith Lia Lra Psatz.
From Coquelicot Require Import Coquelicot.
From DDLN Require Import Products Calculus Layers Flow Entropy.
Open Scope R_scope.

Definition initial_gap (w : nat -> R) l k := w k ^ 2 - w l ^ 2.
Definition initial_sign L (w : nat -> R) l := Prod L (but l (fun k => sign (w k))).

Lemma initial_gaps L w l : least_layer L w l -> forall k, (k < L)%nat -> k <> l -> 0 < initial_gap w l k.
Proof. intros [hl A] k hk ne. apply A, square_lt in ne; [|easy]. unfold initial_gap. lra. Qed.
Lemma sign_square_1 x : x <> 0 -> sign x * sign x = 1.
Proof. intro ne. destruct (Rdichotomy _ _ ne); [rewrite sign_eq_m1|rewrite sign_eq_1]; lra. Qed.
Lemma initial_sign_square L w l : least_layer L w l -> initial_sign L w l * initial_sign L w l = 1.
Proof.
  intros [hl A]. unfold initial_sign. rewrite <- Prod_but_mult. apply Prod_one. intros k hk. unfold but.
  destruct (Nat.eqb_spec k l) as [|ne]; [easy|]. apply sign_square_1. intro z.
  specialize (A k hk ne). rewrite z, Rabs_R0 in A. assert (p := Rabs_pos (w l)). lra.
Qed.

(** The flow of one coordinate through its least layer. *)
Section Reduced.
Variables (L : nat) (T : R) (u : nat -> R -> R) (g : R -> R) (l : nat).
Hypothesis flow : layer_flow L T u g.
Hypothesis A : least_layer L (fun k => u k 0) l.
Let D := initial_gap (fun k => u k 0) l.
Let s := initial_sign L (fun k => u k 0) l.

Lemma others_from_least t : 0 <= t <= T -> Prod L (but l (fun k => u k t)) = s * P L l D (u l t).
Proof.
  intro ht. unfold s, initial_sign, P. rewrite <- Prod_but_mult. apply Prod_but_ext. intros k hk ne.
  destruct A as [hl h]. apply (layer_from_least L T u g flow k l t hk hl ht). now apply square_lt, h.
Qed.

(** After (8), corrected: theta = v^1 * sign(prod v^j(0)) * prod sqrt((v^1)^2 + Delta_j), the products over j <> 1. *)
Theorem theta_from_least t : 0 <= t <= T -> Prod L (fun k => u k t) = s * product L l D (u l t).
Proof. intro ht. rewrite (Prod_apart L l), others_from_least by (easy || apply A). unfold product. ring. Qed.

(** (8): a closed equation for the least layer. *)
Theorem least_layer_moves t : 0 <= t <= T -> is_derive (u l) t (- (g t * (s * P L l D (u l t)))).
Proof. intro ht. rewrite <- others_from_least by easy. apply flow; [apply A|easy]. Qed.

Lemma metric_from_least t : 0 <= t <= T ->
  Sum L (fun j => Prod L (but j (fun k => u k t ^ 2))) = metric_at L l D (u l t).
Proof.
  intro ht. apply Sum_ext. intros j hj. apply Prod_but_ext. intros k hk ne. unfold square, D, initial_gap.
  destruct (Nat.eqb_spec k l) as [->|nl]; [easy|].
  assert (c := conserved L T u g flow k l t hk (proj1 A) ht). simpl in *. lra.
Qed.
End Reduced.

(** Theorem 1 in one coordinate: the entropy, its slope and the metric as functions of theta. *)
Theorem coordinate_entropy L (w : nat -> R) l : least_layer L w l -> exists q q' m : R -> R,
  (forall y, is_derive q y (q' y)) /\ (forall y, 0 < m y /\ is_derive q' y (/ m y)) /\
  q (Prod L w) = 0 /\ q' (Prod L w) = 0 /\
  forall T u g, layer_flow L T u g -> (forall k, (k < L)%nat -> u k 0 = w k) -> forall t, 0 <= t <= T ->
    m (Prod L (fun k => u k t)) = Sum L (fun j => Prod L (but j (fun k => u k t ^ 2))) /\
    is_derive (fun r => q' (Prod L (fun k => u k r))) t (- g t).
Proof.
  intro A. assert (gaps := initial_gaps L w l A). assert (ss := initial_sign_square L w l A).
  set (D := initial_gap w l) in *. set (s := initial_sign L w l) in *.
  exists (Q L l D (w l) s gaps), (xi L l D (w l) s gaps), (fun y => metric_at L l D (x_of L l D s gaps y)).
  assert (start : Prod L w = s * product L l D (w l)).
  { assert (still : layer_flow L 0 (fun k _ => w k) (fun _ => 0)).
    { intros j t _ _. apply (is_derive_to _ _ _ _ (is_derive_const (w j) t)). reals. ring. }
    exact (theta_from_least L 0 (fun k _ => w k) (fun _ => 0) l still A 0 ltac:(lra)). }
  split; [intro; now apply slope_of_Q|]. split.
  { intro y. split; [apply metric_at_pos, A; exact gaps|apply curvature, A; exact ss]. }
  rewrite start. split; [now apply Q_at_start|]. split; [now apply Q_at_start|].
  intros T u g flow begun t ht.
  assert (A' : least_layer L (fun k => u k 0) l).
  { destruct A as [hl h]. split; [easy|]. intros k hk ne. rewrite !begun by easy. now apply h. }
  assert (sameP : forall x, product L l (initial_gap (fun k => u k 0) l) x = product L l D x).
  { intro x. unfold product, P. f_equal. apply Prod_but_ext. intros k hk ne. unfold root, D, initial_gap.
    now rewrite !begun by (easy || apply A). }
  assert (sames : initial_sign L (fun k => u k 0) l = s).
  { apply Prod_but_ext. intros k hk _. now rewrite begun. }
  assert (x_t : x_of L l D s gaps (Prod L (fun k => u k t)) = u l t).
  { rewrite (theta_from_least L T u g l flow A' t ht), sames, sameP. now apply x_of_theta. }
  assert (m_t : metric_at L l D (u l t) = Sum L (fun j => Prod L (but j (fun k => u k t ^ 2)))).
  { rewrite (metric_from_least L T u g l flow A' t ht). unfold metric_at. apply Sum_ext. intros j hj. apply Prod_but_ext.
    intros k hk _. unfold square, D, initial_gap. now rewrite !begun by (easy || apply A). }
  split; [now rewrite x_t|].
  assert (pos := metric_at_pos L l D gaps (u l t) (proj1 A)). rewrite m_t in pos.
  apply (is_derive_to _ _ _ _ (is_derive_comp (xi L l D (w l) s gaps) (fun r => Prod L (fun k => u k r)) t _ _
    (curvature L l D (w l) s gaps ss _ (proj1 A)) (theta_moves L T u g flow t ht))).
  rewrite x_t, m_t. reals. field. lra.
Qed.

Lemma finite_choice {X : Type} (x0 : X) n (R : nat -> X -> Prop) :
  (forall i, (i < n)%nat -> exists x, R i x) -> exists f, forall i, (i < n)%nat -> R i (f i).
Proof.
  induction n as [|n IH]; intro h; [exists (fun _ => x0); intros; lia|].
  destruct IH as [f hf]; [intros; apply h; lia|]. destruct (h n (Nat.lt_succ_diag_r n)) as [x hx].
  exists (fun i => if Nat.eqb i n then x else f i). intros i hi.
  destruct (Nat.eqb_spec i n) as [->|ne]; [easy|apply hf; lia].
Qed.

Lemma is_derive_on_same T (f h : R -> R) t v : 0 <= t <= T ->
  is_derive f t v -> (forall s, 0 <= s <= T -> h s = f s) -> is_derive_on T h t v.
Proof.
  intros ht d same eps. generalize (is_derive_on_of T f t v d eps). apply filter_imp. intros s near hs.
  rewrite !same by easy. now apply near.
Qed.

(** A function that lies above its tangents, and touches each once. *)
Definition strictly_convex (d : nat) (Q : (nat -> R) -> R) (gradQ : (nat -> R) -> nat -> R) :=
  forall x y, (exists i, (i < d)%nat /\ x i <> y i) -> Q x + Sum d (fun i => gradQ x i * (y i - x i)) < Q y.

(** Then it is convex in the sense of chords. *)
Theorem below_chord d Q gradQ x y c : strictly_convex d Q gradQ -> (exists i, (i < d)%nat /\ x i <> y i) -> 0 < c < 1 ->
  Q (fun i => (1 - c) * x i + c * y i) < (1 - c) * Q x + c * Q y.
Proof.
  intros convex [i [hi ne]] hc. set (z := fun i => (1 - c) * x i + c * y i).
  assert (a := convex z x ltac:(exists i; split; [easy|unfold z; nra])).
  assert (b := convex z y ltac:(exists i; split; [easy|unfold z; nra])).
  enough (e : (1 - c) * Sum d (fun i => gradQ z i * (x i - z i)) + c * Sum d (fun i => gradQ z i * (y i - z i)) = 0) by nra.
  rewrite <- !Sum_scal, <- Sum_plus. apply Sum_zero. intros k _. unfold z at 2 4. ring.
Qed.

(** What coordinate_entropy gives for one coordinate, for coordinate i of the start [w]. *)
Definition entropy_of (L : nat) (w : nat -> nat -> R) (q q' m : nat -> R -> R) (i : nat) :=
  (forall y, is_derive (q i) y (q' i y)) /\ (forall y, 0 < m i y /\ is_derive (q' i) y (/ m i y)) /\
  q i (Prod L (w i)) = 0 /\ q' i (Prod L (w i)) = 0 /\
  forall T u g, layer_flow L T u g -> (forall k, (k < L)%nat -> u k 0 = w i k) -> forall t, 0 <= t <= T ->
    m i (Prod L (fun k => u k t)) = Sum L (fun j => Prod L (but j (fun k => u k t ^ 2))) /\
    is_derive (fun r => q' i (Prod L (fun k => u k r))) t (- g t).

Theorem entropy_of_start L d (w : nat -> nat -> R) least : (forall i, (i < d)%nat -> least_layer L (w i) (least i)) ->
  exists q q' m, forall i, (i < d)%nat -> entropy_of L w q q' m i.
Proof.
  intro A. set (zero := (fun _ : R => 0)).
  destruct (finite_choice (zero, zero, zero) d (fun i p => entropy_of L w (fun _ => fst (fst p)) (fun _ => snd (fst p)) (fun _ => snd p) i))
    as [e he].
  - intros i hi. destruct (coordinate_entropy L (w i) (least i) (A i hi)) as [q [q' [m h]]]. now exists (q, q', m).
  - exists (fun i => fst (fst (e i))), (fun i => snd (fst (e i))), (fun i => snd (e i)). exact he.
Qed.

(** The sum over the coordinates is differentiable and strictly convex on R^d, 0 and least at the start. *)
Theorem entropy_is_convex L d w q q' m : (forall i, (i < d)%nat -> entropy_of L w q q' m i) ->
  let Q := fun x : nat -> R => Sum d (fun i => q i (x i)) in let gradQ := fun (x : nat -> R) i => q' i (x i) in
  differentiable d Q gradQ /\ strictly_convex d Q gradQ /\
  Q (theta_of L w) = 0 /\ (forall i, (i < d)%nat -> gradQ (theta_of L w) i = 0).
Proof.
  intros h Q gradQ. split; [|split; [|split]].
  - apply differentiable_separable. intros i hi. apply h, hi.
  - assert (tangent : forall i, (i < d)%nat -> forall a b, a <> b -> q i a + q' i a * (b - a) < q i b).
    { intros i hi a b ne. destruct (h i hi) as [dq [dq' _]]. apply (above_tangent (q i) (q' i) (fun y => / m i y)); try easy.
      - intro z. apply dq'.
      - intro z. apply Rinv_0_lt_compat, dq'. }
    intros x y [i [hi ne]]. unfold Q, gradQ. rewrite <- Sum_plus. apply (Sum_lt d i); [easy|now apply tangent|].
    intros k hk. destruct (Req_dec (x k) (y k)) as [<-|nk]; [lra|left; now apply tangent].
  - apply Sum_zero. intros i hi. apply h, hi.
  - intros i hi. apply h, hi.
Qed.

(** Theorem 1.  From an initialization w with (A) there is a strictly convex differentiable entropy on R^d, least at
    theta(0), whose gradient moves at minus the gradient of the loss: for every differentiable loss and every flow (4) from w. *)
Theorem theorem_1 L d (w : nat -> nat -> R) least : (forall i, (i < d)%nat -> least_layer L (w i) (least i)) ->
  exists Q gradQ, differentiable d Q gradQ /\ strictly_convex d Q gradQ /\
    Q (theta_of L w) = 0 /\ (forall i, (i < d)%nat -> gradQ (theta_of L w) i = 0) /\
    forall F grad T u, differentiable d F grad -> gradient_flow L d F T u ->
      (forall i k, (i < d)%nat -> (k < L)%nat -> u i k 0 = w i k) ->
      forall i t, (i < d)%nat -> 0 <= t <= T ->
      is_derive_on T (fun s => gradQ (theta_of L (now u s)) i) t (- grad (theta_of L (now u t)) i).
Proof.
  intro A. destruct (entropy_of_start L d w least A) as [q [q' [m h]]].
  exists (fun x => Sum d (fun i => q i (x i))), (fun x i => q' i (x i)).
  destruct (entropy_is_convex L d w q q' m h) as [smoothQ [convex [zeroQ flatQ]]]. do 4 (split; [easy|]).
  intros F grad T u smooth flow begun i t hi ht.
  set (v := two_sided L grad T u). assert (fv := coordinate_flow L d F grad T u i hi smooth flow). fold v in fv.
  apply (is_derive_on_same T (fun s => q' i (theta_of L (now v s) i)) _ t _ ht).
  - destruct (h i hi) as [_ [_ [_ [_ mirror]]]].
    refine (is_derive_to _ _ _ _ (proj2 (mirror T (v i) _ fv _ t ht)) _).
    + intros k hk. rewrite <- (begun i k hi hk).
      change (now v 0 i k = now u 0 i k). unfold v. now rewrite two_sided_same by lra.
    + unfold v. now rewrite two_sided_same.
  - intros s hs. unfold v. now rewrite two_sided_same.
Qed.
